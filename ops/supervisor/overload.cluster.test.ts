/**
 * A cluster whose log stands, and one with a listener that does not listen: the gateway must say
 * "busy" soon, answer questions all the while, and go on by itself.
 *
 * Method: two of three nats-servers are stopped as a hung disk would stop them; requests go to the
 * one that is left, as the gateway's own do.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { clientSubjects } from "../../protocols/subjects.ts";
import { findCluster } from "../cli/running-cluster.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { inboxPrefix } from "../credentials/permissions.ts";
import { CommandLine, freePortBase } from "./testing/command-line.ts";

let outcry: CommandLine;
let connection: JetStreamConnection;
let bus: JetStreamBus;
const stopped: number[] = [];

beforeAll(async () => {
  outcry = new CommandLine();
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "1", ...ports);
  connection = await connectToFirst();
  bus = new JetStreamBus(connection);
});

afterAll(async () => {
  for (const pid of stopped) process.kill(pid, "SIGCONT");
  await connection.close();
  await outcry.release();
});

async function connectToFirst(): Promise<JetStreamConnection> {
  const { file } = findCluster({ data: outcry.data });
  return await JetStreamConnection.open({
    servers: [file.servers[0]?.url ?? ""],
    name: "test",
    credentials: readFileSync(file.credentials.demo, "utf8"),
    inboxPrefix: inboxPrefix("participant", "demo"),
  });
}

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly name: string; readonly number: number };
  readonly tookMs: number;
}

async function ask(subject: string, body: object): Promise<Answer> {
  const startedAtMs = performance.now();
  const payload = new TextEncoder().encode(JSON.stringify(body));
  const reply = await bus.request(subject, payload, { timeoutMs: 10_000 });
  const answer = JSON.parse(new TextDecoder().decode(reply)) as Omit<Answer, "tookMs">;
  return { ...answer, tookMs: performance.now() - startedAtMs };
}

let price = 5_000_000;
const place = () =>
  ask(clientSubjects.account("demo", "order.place"), {
    ...{ symbol: "BTC-USDT", side: "buy", type: "limit", quantity: 1 },
    price: (price += 1),
  });
const depth = () => ask(clientSubjects.market("depth"), { symbol: "BTC-USDT" });

describe("a log that stands", () => {
  it("makes the gateway say busy, and keeps it from nothing else", async () => {
    expect(await place()).toMatchObject({ ok: true });
    const { processes } = JSON.parse((await outcry.run("status", "--json")).stdout) as StatusReport;
    // Whom the gateway and this test are connected to goes on.
    for (const name of ["n2", "n3"]) {
      const pid = processes.find((process) => process.name === name)?.pid ?? 0;
      stopped.push(pid);
      process.kill(pid, "SIGSTOP");
    }
    const first = place();
    let busy: Answer | undefined;
    await eventually(
      async () => {
        busy = await place();
        return busy.error?.name === "busy";
      },
      { what: () => `it is busy: ${JSON.stringify(busy)}`, deadlineMs: 10_000, everyMs: 50 },
    );
    const answers = await Promise.all(Array.from({ length: 200 }, place));
    expect(new Set(answers.map(({ error }) => error?.number))).toEqual(new Set([1020]));
    // A command that went on its way would be without an outcome for as long as the log stands.
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(4000);
    const question = await depth();
    expect(question).toMatchObject({ ok: true });
    // What was on its way then has an unknown outcome, or goes in after all.
    const outcome = await first;
    expect(outcome.ok || outcome.error?.name === "execution-status-unknown").toBe(true);
  });

  it("is traded on as soon as it moves again, without anybody's doing", async () => {
    for (const pid of stopped.splice(0)) process.kill(pid, "SIGCONT");
    let last: Answer | undefined;
    await eventually(
      async () => {
        last = await place();
        return last.ok;
      },
      {
        what: () => `an order is taken: ${JSON.stringify(last)}`,
        deadlineMs: 30_000,
        everyMs: 100,
      },
    );
    let status = "";
    await eventually(
      async () => {
        status = (await outcry.run("status", "--json")).stdout;
        return (JSON.parse(status) as StatusReport).ok;
      },
      { what: () => `the cluster is well: ${status}`, deadlineMs: 30_000 },
    );
  });
});

describe("a listener that does not read", () => {
  it("holds up nobody", async () => {
    const slow = await connectToFirst();
    const heard: string[] = [];
    new JetStreamBus(slow).subscribe("outcry.v1.md.>", ({ subject }) => void heard.push(subject));
    await slow.nats.flush();
    const { protocol } = slow.nats as unknown as Inside;
    protocol.transport.socket.pause();
    const took: number[] = [];
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(Array.from({ length: 50 }, place));
      for (const { ok, tookMs } of answers) {
        expect(ok).toBe(true);
        took.push(tookMs);
      }
    }
    expect(heard.length).toBeLessThan(took.length);
    // Servers give a line that takes nothing ten seconds.
    expect(Math.max(...took)).toBeLessThan(9000);
    protocol.transport.socket.destroy();
    await slow.close();
  });
});

/** What the client library has and does not show. */
interface Inside {
  readonly protocol: {
    readonly transport: { readonly socket: { pause(): void; destroy(): void } };
  };
}
