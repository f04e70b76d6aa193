/**
 * Goal: over real servers, whoever asks gets the answer to that very question, or is told at once
 * why there is none.
 */
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { mintUser } from "../../ops/credentials/users.ts";
import { TestCluster } from "../../ops/nats-servers/testing/test-cluster.ts";
import { ClientClosed, NotPermitted } from "./faults.ts";
import { NatsWire } from "./nats-wire.ts";
import type { WireAnswer } from "./wire.ts";

let servers: TestCluster;
let gateway: NatsConnection;
/** What came on `….held` and waits to be answered by the test. */
let held: Msg[];

beforeAll(async () => {
  servers = await TestCluster.start();
  gateway = await servers.connect({ role: "gateway-front", name: "gw-1" });
  gateway.subscribe("outcry.v1.acct.*.echo", {
    callback: (_, message) => void message.respond(message.data),
  });
  gateway.subscribe("outcry.v1.acct.*.held", {
    callback: (_, message) => void held.push(message),
  });
  await gateway.flush();
  for (const url of servers.servers.urls) await isKnownTo(url);
});

/** Until a server has learned of the gateway's subscriptions, it says that nobody listens. */
async function isKnownTo(url: string): Promise<void> {
  const line = await wire("_INBOX.demo", [url]);
  await eventually(async () => (await ask(line, "echo", "a")) === "a", {
    what: `${url} knows of the gateway`,
  });
  await line.close();
}

afterAll(() => servers.stop());

async function wire(inboxPrefix = "_INBOX.demo", urls = servers.servers.urls): Promise<NatsWire> {
  held = [];
  const { creds } = await mintUser(servers.keys, { role: "participant", name: "demo" });
  return NatsWire.connect({ servers: urls, credentials: creds, inboxPrefix, name: "demo" });
}

function ask(line: NatsWire, request: string, text: string, timeoutMs = 5000): Promise<string> {
  const payload = new TextEncoder().encode(text);
  return line.request(`outcry.v1.acct.demo.${request}`, payload, { timeoutMs }).then(told);
}

function told(answer: WireAnswer): string {
  return answer.kind === "answered" ? new TextDecoder().decode(answer.payload) : answer.kind;
}

function heldAre(count: number): Promise<void> {
  return eventually(() => held.length === count, { what: `${String(count)} requests are held` });
}

describe("a request", () => {
  it("says which trace it is part of, if of any", async () => {
    const line = await wire();
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const subject = "outcry.v1.acct.demo.held";
    const asked = [{ timeoutMs: 5000, traceparent }, { timeoutMs: 5000 }].map((terms) =>
      line.request(subject, new Uint8Array(), terms),
    );
    await heldAre(2);
    expect(held.map(({ headers }) => headers?.get("traceparent"))).toEqual([
      traceparent,
      undefined,
    ]);
    for (const message of held) message.respond();
    await Promise.all(asked);
    await line.close();
  });

  it("gets its own answer, in whatever order answers come", async () => {
    const line = await wire();
    const asked = ["a", "b", "c"].map((text) => ask(line, "held", text));
    await heldAre(3);
    for (const message of held.toReversed()) message.respond(message.data);
    expect(await Promise.all(asked)).toEqual(["a", "b", "c"]);
    await line.close();
  });

  it("that nobody listens to was not heard", async () => {
    const line = await wire();
    expect(await ask(line, "nobody", "a")).toBe("not-heard");
    await line.close();
  });

  it("without an answer in time has none, and a late one is nobody's", async () => {
    const line = await wire();
    expect(await ask(line, "held", "late", 50)).toBe("no-answer");
    await heldAre(1);
    const next = ask(line, "echo", "next");
    for (const message of held) message.respond(message.data);
    expect(await next).toBe("next");
    await line.close();
  });

  it("that is not permitted says so, and disturbs no other", async () => {
    const line = await wire();
    const other = ask(line, "held", "other");
    await heldAre(1);
    const refused = line.request("outcry.v1.acct.maker.echo", new Uint8Array(), {
      timeoutMs: 5000,
    });
    await expect(refused).rejects.toThrow(NotPermitted);
    for (const message of held) message.respond(message.data);
    expect(await other).toBe("other");
    await line.close();
  });

  it("whose answer would go where we may not listen is not permitted", async () => {
    const line = await wire("_INBOX.maker");
    for (const text of ["a", "b"]) {
      await expect(ask(line, "echo", text)).rejects.toThrow(NotPermitted);
    }
    await line.close();
  });
});

describe("a line", () => {
  it("is not permitted to whom the servers do not know", async () => {
    const options = { servers: servers.servers.urls, inboxPrefix: "_INBOX.demo", name: "demo" };
    const fault: unknown = await NatsWire.connect(options).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(NotPermitted);
    expect(fault).toMatchObject({ code: "not-permitted" });
  });

  it("that is closed says so to who waits and to who comes", async () => {
    const line = await wire();
    const waiting = ask(line, "held", "a");
    const isTold = expect(waiting).rejects.toThrow(ClientClosed);
    await heldAre(1);
    await line.close();
    await isTold;
    await expect(ask(line, "echo", "b")).rejects.toThrow(ClientClosed);
  });

  it("whose server hangs is left, although much more was sent to it than the line takes", async () => {
    const home = gateway.getServer();
    const victim = servers.servers.status().find((server) => !server.url.endsWith(home));
    const { url = "", pid = 0 } = victim ?? {};
    const line = await wire("_INBOX.demo", [url]);
    process.kill(pid, "SIGSTOP");
    try {
      // 32 MB: far beyond what the two ends of a socket buffer.
      const flood = "x".repeat(512 * 1024);
      for (let count = 0; count < 64; count += 1) void ask(line, "held", flood, 50);
      await eventually(async () => (await ask(line, "echo", "b", 200)) === "b", {
        what: "another server is found",
      });
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await line.close();
    // It has to find the other servers again before anybody can use it.
    const revived = await wire("_INBOX.demo", [url]);
    await eventually(async () => (await ask(revived, "echo", "c", 200)) === "c", {
      what: "the server that hung is back among the others",
    });
    await revived.close();
  });

  it("that breaks leaves who waits without an answer at once, and is there again", async () => {
    const home = gateway.getServer();
    const victim = servers.servers.status().find((server) => !server.url.endsWith(home));
    const { url = "", pid = 0 } = victim ?? {};
    const line = await wire("_INBOX.demo", [url]);
    const reconnected = Promise.withResolvers<void>();
    line.onReconnect(reconnected.resolve);
    const waiting = ask(line, "held", "a", 60_000);
    await heldAre(1);
    process.kill(pid, "SIGKILL");
    expect(await waiting).toBe("no-answer");
    expect(await ask(line, "echo", "b", 30_000)).toBe("b");
    await reconnected.promise;
    await line.close();
  });
});
