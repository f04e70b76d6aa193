import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findHindrance, hasGivenUpStore, type MonitoredServer } from "./readiness.ts";

interface Said {
  health: object;
  /** By stream, who leads it, and of whom the leader says that it has all. */
  streams: Record<string, { leader?: string; current?: readonly string[] }>;
}

const names = ["n1", "n2"];
let said: Map<string, Said>;
let listeners: Server[];
let servers: MonitoredServer[];

function answerTo(url: string, name: string): object {
  const { health, streams } = said.get(name)!;
  if (url.startsWith("/healthz")) return health;
  const replicas = (current: readonly string[]): object[] =>
    names
      .filter((other) => other !== name)
      .map((other) => ({ name: other, current: current.includes(other) }));
  const details = Object.entries(streams).map(([stream, { leader, current }]) => ({
    name: stream,
    cluster: { leader, ...(leader === name && { replicas: replicas(current ?? []) }) },
  }));
  return { account_details: [{ name: "$G", stream_detail: details }] };
}

/** A monitor port as a server has it, whose answers the test says. */
async function listen(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    response.end(JSON.stringify(answerTo(request.url ?? "", name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

beforeEach(async () => {
  const streams = {
    LOG_0_1: { leader: "n2", current: ["n1"] },
    OBJ_snapshots: { leader: "n1", current: ["n2"] },
  };
  said = new Map(names.map((name) => [name, { health: { status: "ok" }, streams }]));
  listeners = await Promise.all(names.map(listen));
  servers = listeners.map((listener, index) => ({
    name: names[index]!,
    monitorUrl: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
  }));
});
afterEach(() => {
  for (const listener of listeners) listener.close();
});

const hindrance = async (): Promise<string | undefined> =>
  await findHindrance(servers[0]!, servers);
const leaderSays = (streams: Said["streams"]): void => {
  for (const of of said.values()) of.streams = streams;
};
const behind = { leader: "n2", current: [] };
const whole = { leader: "n2", current: ["n1"] };
const notCurrent = (stream: string): object => ({
  type: 4,
  account: "$G",
  stream,
  error: `JetStream stream '$G > ${stream}' is not current`,
});

describe("a server is hindered", () => {
  it("by nothing when it is well and its streams' leaders say that it has all", async () => {
    expect(await hindrance()).toBeUndefined();
  });

  it("while it does not answer", async () => {
    const gone = { name: "n1", monitorUrl: "http://127.0.0.1:9" };
    expect(await findHindrance(gone, servers)).toBe("it does not answer yet");
  });

  it("by what it says itself, in whatever way", async () => {
    said.get("n1")!.health = { status: "unavailable", error: "JetStream is not there" };
    expect(await hindrance()).toBe("JetStream is not there");
    said.get("n1")!.health = { status: "unavailable", errors: [notCurrent("LOG_0_1")] };
    expect(await hindrance()).toBe("JetStream stream '$G > LOG_0_1' is not current");
  });

  it("by a stream that is behind or has no leader, though it has not noticed", async () => {
    leaderSays({ LOG_0_1: behind });
    expect(await hindrance()).toBe("stream $G/LOG_0_1 is behind");
    leaderSays({ LOG_0_1: {} });
    expect(await hindrance()).toBe("stream $G/LOG_0_1 has no leader");
  });

  it("not by a generation that is followed by another, but by that one", async () => {
    leaderSays({ LOG_0_9: behind, LOG_0_10: whole, LOG_1_9: whole });
    said.get("n1")!.health = { status: "unavailable", errors: [notCurrent("LOG_0_9")] };
    expect(await hindrance()).toBeUndefined();
    leaderSays({ LOG_0_9: whole, LOG_0_10: behind, LOG_1_11: whole });
    expect(await hindrance()).toBe("stream $G/LOG_0_10 is behind");
    said.get("n1")!.health = {
      status: "unavailable",
      errors: [notCurrent("LOG_0_9"), notCurrent("OBJ_snapshots")],
    };
    expect(await hindrance()).toBe("JetStream stream '$G > OBJ_snapshots' is not current");
  });
});

/** In the words of nats-server 2.15.1. */
describe("a server has given up its store", () => {
  const n1Says = async (health: object): Promise<boolean> => {
    said.get("n1")!.health = health;
    return await hasGivenUpStore(servers[0]!);
  };

  it("when it serves without it", async () => {
    const error = "JetStream not enabled";
    expect(await n1Says({ status: "unavailable", status_code: 503, error })).toBe(true);
  });

  it("but not while it still reads it, however long that takes", async () => {
    const error = "failed to be ready for connections after 1ms: server, route";
    expect(await n1Says({ status: "error", status_code: 500, error })).toBe(false);
  });

  it("nor when it is well, or does not answer", async () => {
    expect(await n1Says({ status: "ok" })).toBe(false);
    listeners[1]!.close();
    expect(await hasGivenUpStore(servers[1]!)).toBe(false);
  });
});
