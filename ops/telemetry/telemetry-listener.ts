/**
 * A process's pages over HTTP, for scrapers and probes: read only, and on this machine's own address
 * unless told otherwise.
 *
 * Nothing of the exchange depends on it: a port that somebody else has is told of, and tried again
 * now and then.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export interface ListenerOptions {
  readonly port: number;
  readonly host: string;
  /** By path. */
  readonly pages: ReadonlyMap<string, () => Page | Promise<Page>>;
  readonly onListening: (url: string) => void;
  /** Told once of a port that cannot be had, however often it is tried again. */
  readonly onUnavailable: (why: string) => void;
  /** A page that could not be made. */
  readonly onFault: (error: unknown) => void;
}

const retryMs = 1000;
const requestTimeoutMs = 10_000;
/** Scrapers and probes come with one each. */
const connectionsMax = 64;

export class TelemetryListener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  #retry: NodeJS.Timeout | undefined;
  #isRefused = false;
  #isClosed = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.maxConnections = connectionsMax;
    this.#server.on("error", (error: NodeJS.ErrnoException) => this.#onError(error));
    this.#server.on("listening", () => this.#onListening());
    // It is no reason for a process to go on.
    this.#server.unref();
    this.#listen();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #listen(): void {
    const { port, host } = this.#options;
    if (!this.#isClosed) this.#server.listen({ port, host, exclusive: true });
  }

  #onListening(): void {
    this.#isRefused = false;
    const { address, family, port } = this.#server.address() as AddressInfo;
    const host = family === "IPv6" ? `[${address}]` : address;
    this.#options.onListening(`http://${host}:${port}`);
  }

  #onError({ code = "", message }: NodeJS.ErrnoException): void {
    const { port, host, onUnavailable } = this.#options;
    const why = code === "EADDRINUSE" ? "is taken by another process" : `cannot be had: ${message}`;
    if (!this.#isRefused) onUnavailable(`port ${port} of ${host} ${why}`);
    this.#isRefused = true;
    this.#retry = setTimeout(() => this.#listen(), retryMs).unref();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = await this.#pageFor(request);
    response.writeHead(page.status, {
      "content-type": page.contentType,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : page.text);
  }

  async #pageFor({ method, url = "" }: IncomingMessage): Promise<Page> {
    if (method !== "GET" && method !== "HEAD") return plain(405, "GET or HEAD");
    const { pages, onFault } = this.#options;
    const page = pages.get(url.split("?")[0] ?? "");
    if (page === undefined) return plain(404, `There is: ${[...pages.keys()].join(" ")}`);
    try {
      return await page();
    } catch (error) {
      onFault(error);
      return plain(500, "This page could not be made; the process's log says why.");
    }
  }
}

function plain(status: number, line: string): Page {
  return { status, contentType: "text/plain; charset=utf-8", text: `${line}\n` };
}

export function jsonPage(value: unknown, status = 200): Page {
  return { status, contentType: "application/json", text: `${JSON.stringify(value)}\n` };
}
