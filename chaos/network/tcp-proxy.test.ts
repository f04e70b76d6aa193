/**
 * Goal: each way of breaking a connection does what a broken network does. Real sockets on
 * loopback; that something does not arrive is seen by something sent later that does.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { TcpProxy } from "./tcp-proxy.ts";

let server: Server;
let proxy: TcpProxy;
let ends: End[] = [];

/** One end of a connection and all that it has received. */
class End {
  readonly socket: Socket;
  received = "";
  code: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => (this.received += String(bytes)));
    socket.on("error", (error: NodeJS.ErrnoException) => (this.code = error.code));
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async has(text: string): Promise<void> {
    const what = (): string => `${JSON.stringify(text)} arrives, not ${this.received}`;
    await eventually(() => this.received === text, { what });
  }

  async isGone(): Promise<void> {
    await eventually(() => this.socket.destroyed, { what: () => "the connection breaks" });
  }
}

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await TcpProxy.listen({ host: "127.0.0.1", port: portOf(server) });
});

afterEach(async () => {
  for (const { socket } of ends) socket.destroy();
  ends = [];
  await proxy.close();
  server.close();
});

function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

function dial(port = proxy.port): End {
  const end = new End(connect({ port, host: "127.0.0.1", allowHalfOpen: true }));
  ends.push(end);
  return end;
}

/** Both ends of a connection through the proxy. */
async function connected(): Promise<{ client: End; target: End }> {
  const accepted = once(server, "connection");
  const client = dial();
  const [socket] = (await accepted) as [Socket];
  const target = new End(socket);
  ends.push(target);
  return { client, target };
}

describe("a sound way", () => {
  it("passes bytes on in both directions, in order", async () => {
    const { client, target } = await connected();
    for (const word of ["buy ", "low, ", "sell ", "high"]) client.send(word);
    target.send("filled");
    await target.has("buy low, sell high");
    await client.has("filled");
  });

  it("passes much", async () => {
    const { client, target } = await connected();
    const text = "tick".repeat(1_000_000);
    client.send(text);
    await eventually(() => target.received.length === text.length, { what: () => "all arrives" });
    expect(target.received === text).toBe(true);
  });

  it("passes the end of one direction on and leaves the other open", async () => {
    const { client, target } = await connected();
    const ended = once(target.socket, "end");
    client.socket.end("bye");
    await ended;
    target.send("good bye");
    await client.has("good bye");
    expect(target.received).toBe("bye");
  });

  it("passes a reset on, and forgets the connection", async () => {
    const { client, target } = await connected();
    client.socket.resetAndDestroy();
    await target.isGone();
    await eventually(() => proxy.connectionCount === 0, { what: () => "nothing is left" });
  });

  it("resets whoever dials a target that does not listen", async () => {
    server.close();
    await once(server, "close");
    await dial().isGone();
  });
});

describe("a way that holds", () => {
  it("keeps bytes for later, in one direction alone if that is wanted", async () => {
    const { client, target } = await connected();
    proxy.become({ there: "hold" });
    client.send("first ");
    target.send("heard");
    await client.has("heard");
    client.send("second");
    expect(target.received).toBe("");
    proxy.become({});
    await target.has("first second");
  });

  it("keeps ends and resets for later, too", async () => {
    const { client, target } = await connected();
    proxy.become({ there: "hold", back: "hold" });
    client.send("last words");
    client.socket.end();
    target.send("never read");
    expect(target.socket.readableEnded).toBe(false);
    proxy.become({});
    await once(target.socket, "end");
    expect(target.received).toBe("last words");
  });

  it("lets connections wait, and reaches the target when it is mended", async () => {
    proxy.become({ there: "hold" });
    const client = dial();
    client.send("late");
    await once(client.socket, "connect");
    const accepted = once(server, "connection");
    proxy.become({});
    const [socket] = (await accepted) as [Socket];
    const target = new End(socket);
    ends.push(target);
    await target.has("late");
  });

  it("forgets who did not wait", async () => {
    proxy.become({ back: "hold" });
    const client = dial();
    await once(client.socket, "connect");
    await eventually(() => proxy.connectionCount === 1, { what: () => "it is accepted" });
    client.socket.resetAndDestroy();
    await eventually(() => proxy.connectionCount === 0, { what: () => "it is forgotten" });
  });
});

describe("a way that swallows", () => {
  it("takes bytes and passes none on, and nobody hears of it", async () => {
    const { client, target } = await connected();
    proxy.become({ there: "swallow" });
    client.send("lost");
    target.send("heard");
    await client.has("heard");
    expect(target.received).toBe("");
    expect(client.socket.destroyed).toBe(false);
  });

  it("breaks what it lost bytes of when it is mended, and nothing else", async () => {
    const losing = await connected();
    const quiet = await connected();
    proxy.become({ there: "swallow" });
    losing.client.send("lost");
    losing.target.send("heard");
    await losing.client.has("heard");
    proxy.become({});
    await losing.client.isGone();
    await losing.target.isGone();
    expect(losing.target.received).toBe("");
    quiet.client.send("still here");
    await quiet.target.has("still here");
  });
});

describe("a way that is cut", () => {
  it("breaks connections, takes none, and takes them again when it is mended", async () => {
    const { client, target } = await connected();
    proxy.become({ isCut: true });
    await client.isGone();
    await target.isGone();
    await dial().isGone();
    proxy.become({});
    const again = await connected();
    again.client.send("back");
    await again.target.has("back");
  });
});

describe("a way that is reset", () => {
  it("breaks connections at both ends and takes the next", async () => {
    const { client, target } = await connected();
    proxy.reset();
    await client.isGone();
    await target.isGone();
    expect(client.code).toBe("ECONNRESET");
    expect(target.code).toBe("ECONNRESET");
    await connected();
  });
});

describe("a long or narrow way", () => {
  it("brings bytes so much later, in order", async () => {
    const { client, target } = await connected();
    proxy.become({ delayMs: 60 });
    const sentAtMs = performance.now();
    client.send("one ");
    client.send("two");
    await target.has("one two");
    expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(59);
  });

  it("brings no more than so many bytes a second", async () => {
    const { client, target } = await connected();
    client.send("x");
    await target.has("x");
    proxy.become({ bytesPerSecond: 1_000_000 });
    const sentAtMs = performance.now();
    client.send("y".repeat(200_000));
    client.send("z");
    await eventually(() => target.received.endsWith("z"), { what: () => "all arrives" });
    expect(performance.now() - sentAtMs).toBeGreaterThan(100);
  });

  it("is as fast as before when it is mended", async () => {
    const { client, target } = await connected();
    proxy.become({ delayMs: 3_600_000 });
    client.send("an hour on its way");
    await eventually(() => client.socket.writableLength === 0, { what: () => "it has left" });
    proxy.become({});
    client.send(", and here");
    await target.has("an hour on its way, and here");
  });
});
