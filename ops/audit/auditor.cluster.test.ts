/**
 * Goal: an auditor of a running cluster tells the trace of every order to a receiver of OTLP, also
 * when it is killed and when nobody listens for a while, and they are those that the log gives.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { OrderTrace } from "./order-trace.ts";
import { OtlpReceiver } from "./testing/otlp-receiver.ts";

const outcry = new CommandLine();
let receiver: OtlpReceiver;
/** Client order ids of all that was placed. */
const placed: string[] = [];

beforeAll(async () => {
  receiver = await OtlpReceiver.listen();
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", "--traces", receiver.url, ...ports);
});

afterAll(async () => {
  await outcry.release();
  receiver.close();
});

/** One rests, and one takes from it. */
async function trade(): Promise<void> {
  for (const side of ["sell", "buy"]) {
    const id = `audited-${placed.length}`;
    await outcry.json(
      ...["order", "place", "BTC-USDT", side, "0.001", "60000", "--client-id", id],
      ...["--account", side === "buy" ? "demo" : "other"],
    );
    placed.push(id);
  }
}

/** The spans that were received of what the log says of an order, once each, by id. */
async function missing(): Promise<readonly string[]> {
  const received = new Map(receiver.spans.map((span) => [`${span.traceId}/${span.spanId}`, span]));
  const lacking: string[] = [];
  for (const id of placed) {
    const { traces } = await outcry.json<{ traces: readonly OrderTrace[] }>("trace", id);
    const [trace] = traces;
    const spans = trace?.spans.filter((of) => !received.has(`${trace.traceId}/${of.spanId}`));
    if (spans === undefined) lacking.push(`${id} has no trace`);
    else lacking.push(...spans.map(({ name }) => `${id} lacks ${name}`));
  }
  return lacking;
}

function logOfAuditor(): string {
  return readFileSync(join(outcry.data, "logs", "aud-1.log"), "utf8").slice(-2000);
}

async function allAreTold(): Promise<void> {
  let lacking: readonly string[] = [];
  await eventually(
    async () => {
      lacking = await missing();
      return lacking.length === 0;
    },
    {
      what: () => `all is told: ${lacking.join(", ")}; it says ${logOfAuditor()}`,
      ...{ deadlineMs: 120_000, everyMs: 500 },
    },
  );
}

it("tells every order's trace, as the log gives it", async () => {
  await outcry.json("account", "create", "other");
  await outcry.json("account", "deposit", "other", "1", "BTC", "--reference", "gift");
  await trade();
  await allAreTold();
  const named = (name: string): number =>
    receiver.spans.filter((span) => span.name === name).length;
  expect(named("report.trade")).toBeGreaterThanOrEqual(2);
  for (const stage of ["gateway.receive", "append", "commit", "gateway.reply"]) {
    await eventually(() => named(stage) >= placed.length, { what: `${stage} is told of all` });
  }
});

interface TracesSeen {
  readonly otlp: string;
  readonly told: readonly number[];
  readonly isWaiting: boolean;
}

interface StatusSeen {
  readonly shards: readonly { readonly head: number }[];
  readonly traces: TracesSeen;
}

/** Until the status of the cluster is like that. */
async function statusIs(what: string, is: (seen: StatusSeen) => boolean): Promise<void> {
  const look = async () => is(await outcry.json<StatusSeen>("status"));
  await eventually(look, { what, deadlineMs: 30_000, everyMs: 500 });
}

const isAllTold = ({ shards, traces: { told } }: StatusSeen): boolean =>
  shards.every(({ head }, shard) => head === told[shard]);

it("tells what happened while nobody listened", async () => {
  await statusIs("it is not behind", (seen) => isAllTold(seen) && !seen.traces.isWaiting);
  receiver.status = 503;
  await trade();
  await statusIs("it waits", (seen) => !isAllTold(seen) && seen.traces.isWaiting);
  receiver.status = 200;
  await allAreTold();
});

it("goes on where it was when it was killed", async () => {
  await outcry.json("kill", "aud-1");
  await trade();
  await allAreTold();
});
