/**
 * Stands in for a server that speaks S3, for tests where there is none: objects in memory, writing
 * only what is absent, lists of a thousand names each. Looks at no signature.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface S3Habits {
  /** Overwrites as servers did before they knew `If-None-Match`. */
  readonly overwrites?: boolean;
  /** How often it answers a write that another one is under way. */
  readonly conflicts?: number;
  /** Answers everything with this status. */
  readonly refusesWith?: number;
}

const namesPerList = 1000;

export class S3StandIn {
  readonly #server: Server;
  readonly #objects = new Map<string, Buffer>();
  readonly #habits: S3Habits;
  #conflictsLeft: number;

  private constructor(server: Server, habits: S3Habits) {
    this.#server = server;
    this.#habits = habits;
    this.#conflictsLeft = habits.conflicts ?? 0;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  static async start(habits: S3Habits = {}): Promise<S3StandIn> {
    const server = createServer();
    const standIn = new S3StandIn(server, habits);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return standIn;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const url = new URL(request.url ?? "", this.endpoint);
    const { refusesWith } = this.#habits;
    if (refusesWith !== undefined) {
      response.writeHead(refusesWith).end("<Error><Code>NotToday</Code></Error>");
    } else if (request.method === "PUT") {
      response.writeHead(this.#put(url.pathname, body)).end();
    } else if (url.searchParams.has("list-type")) {
      response.end(this.#list(url));
    } else {
      const found = this.#objects.get(url.pathname);
      if (found === undefined) response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
      else response.end(found);
    }
  }

  #put(path: string, body: Buffer): number {
    if (this.#conflictsLeft > 0) {
      this.#conflictsLeft -= 1;
      return 409;
    }
    if (this.#objects.has(path) && this.#habits.overwrites !== true) return 412;
    this.#objects.set(path, body);
    return 200;
  }

  #list({ pathname, searchParams }: URL): string {
    const start = `${pathname.replace(/\/$/, "")}/`;
    const prefix = searchParams.get("prefix") ?? "";
    const after = searchParams.get("continuation-token") ?? "";
    const keys = [...this.#objects.keys()]
      .filter((path) => path.startsWith(start + prefix))
      .map((path) => path.slice(start.length))
      .filter((key) => key > after)
      .sort();
    const page = keys.slice(0, namesPerList);
    const last = keys.length > page.length ? page.at(-1) : undefined;
    const names = page.map((key) => `<Contents><Key>${encodeURIComponent(key)}</Key></Contents>`);
    const token =
      last === undefined ? "" : `<NextContinuationToken>${last}</NextContinuationToken>`;
    return `<ListBucketResult>${token}${names.join("")}</ListBucketResult>`;
  }
}
