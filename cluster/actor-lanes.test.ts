/**
 * Commands for actors that move, as one client sends them: the shards answer as the test says.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  detailOfWhereabouts,
  RejectReason,
  shardOfAccount,
} from "../protocols/index.ts";
import type { CancelOrder, Command, ShardId } from "../protocols/index.ts";
import { ActorLanes } from "./actor-lanes.ts";
import { ActorRoutes } from "./actor-routes.ts";
import type { Outcome } from "./client.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const actor = addressOfAccount("alice");
const home = shardOfAccount("alice", 3);
const [second, third] = [(home + 1) % 3, (home + 2) % 3];
const origin = { producer: "gw-1", epoch: 1, frame: 1, index: 0 };

interface Sent {
  readonly shard: ShardId;
  readonly names: readonly string[];
  readonly timeoutMs: number;
  readonly cameAtMs: number;
  answer(...outcomes: readonly Outcome[]): Promise<void>;
}

let clock: ManualClock;
let lanes: ActorLanes;
let sent: Sent[];

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  lanes = new ActorLanes({
    ...{ routes: new ActorRoutes(3), clock },
    submit: (shard, commands, { timeoutMs, cameAtMs }) =>
      new Promise((resolve) => {
        const names = commands.map((command) => (command as CancelOrder).clientOrderId);
        const answer = async (...outcomes: readonly Outcome[]): Promise<void> => {
          resolve(outcomes);
          await clock.advanceAndSettle(0);
        };
        sent.push({ shard, names, timeoutMs, cameAtMs, answer });
      }),
  });
});

function submit(...names: readonly string[]): Promise<readonly Outcome[]> {
  const commands = names.map((clientOrderId): Command => {
    return { kind: "cancel-order", account: "alice", orderId: 0, clientOrderId };
  });
  return lanes.submit(actor, commands, { timeoutMs: 1000 });
}

const done = (detail: number): Outcome => {
  const { none } = RejectReason;
  return {
    kind: "replied",
    reply: { kind: "command-replied", origin, rejectReason: none, detail },
  };
};

function goneTo(shard: ShardId, epoch: number): Outcome {
  const detail = detailOfWhereabouts({ shard, epoch });
  const rejectReason = RejectReason["actor-elsewhere"];
  return { kind: "replied", reply: { kind: "command-replied", origin, rejectReason, detail } };
}

const story = () => sent.map(({ shard, names }) => `${names.join(" ")} to ${String(shard)}`);

describe("a command for an actor that has moved", () => {
  it("is sent on, and whoever submitted it hears of the outcome only", async () => {
    const outcomes = submit("a");
    await clock.advanceAndSettle(300);
    await sent[0]!.answer(goneTo(second, 1));
    expect(story()).toEqual([`a to ${home}`, `a to ${second}`]);
    // It is as old as it is, and is waited for no longer.
    expect(sent[1]!.cameAtMs).toBe(sent[0]!.cameAtMs);
    expect(sent[1]!.timeoutMs).toBe(700);
    await sent[1]!.answer(done(7));
    expect(await outcomes).toEqual([done(7)]);
    expect(lanes.heldCount).toBe(0);
  });

  it("has not happened when its refusal is heard after its time", async () => {
    const outcomes = submit("a");
    await clock.advanceAndSettle(1001);
    await sent[0]!.answer(goneTo(second, 1));
    expect(await outcomes).toEqual([{ kind: "busy" }]);
    expect(story()).toEqual([`a to ${home}`]);
  });

  it("goes where its actor lives at once when that is known", async () => {
    void submit("a");
    await sent[0]!.answer(goneTo(third, 1));
    await sent[1]!.answer(done(0));
    void submit("b");
    expect(story().at(-1)).toBe(`b to ${third}`);
  });

  it("is overtaken by none that comes later, however they were refused", async () => {
    const outcomes = [submit("a"), submit("b"), submit("c")];
    await sent[1]!.answer(goneTo(second, 1));
    outcomes.push(submit("d"));
    expect(sent).toHaveLength(3);
    await sent[0]!.answer(goneTo(second, 1));
    await sent[2]!.answer(goneTo(second, 1));
    expect(story().slice(3)).toEqual(["a", "b", "c", "d"].map((name) => `${name} to ${second}`));
    for (const [index, { answer }] of sent.slice(3).entries()) await answer(done(index));
    expect((await Promise.all(outcomes)).flat()).toEqual([0, 1, 2, 3].map(done));
  });

  it("follows an actor that moves on, and heeds no word of where it was before", async () => {
    void submit("a");
    await sent[0]!.answer(goneTo(second, 1));
    await sent[1]!.answer(goneTo(third, 2));
    await sent[2]!.answer(goneTo(second, 1));
    expect(story()).toEqual([
      `a to ${home}`,
      ...[second, third, third].map((shard) => `a to ${shard}`),
    ]);
  });
});

describe("routes", () => {
  it("need no shards for who asks for no actor", () => {
    expect(new ActorRoutes(0).shardOfMessage({ kind: "tick" })).toBeUndefined();
  });
});

describe("of commands that were submitted together", () => {
  it("only those are sent on that were refused", async () => {
    const outcomes = submit("a", "b", "c");
    await sent[0]!.answer(done(1), goneTo(second, 1), goneTo(second, 1));
    expect(story().at(-1)).toBe(`b c to ${second}`);
    await sent[1]!.answer(done(2), { kind: "unknown" });
    expect(await outcomes).toEqual([done(1), done(2), { kind: "unknown" }]);
  });

  it("none happens after one that came behind it", async () => {
    const outcomes = submit("a", "b");
    await sent[0]!.answer(goneTo(second, 1), done(1));
    expect(await outcomes).toEqual([{ kind: "busy" }, done(1)]);
    expect(sent).toHaveLength(1);
  });
});

describe("what cannot be sent in time", () => {
  it("has not happened, and that is said when its time is over", async () => {
    const first = submit("a");
    const other = submit("b");
    await sent[0]!.answer(goneTo(second, 1));
    expect(lanes.heldCount).toBe(1);
    await clock.advanceAndSettle(1000);
    expect(await first).toEqual([{ kind: "busy" }]);
    expect(lanes.heldCount).toBe(0);
    await sent[1]!.answer({ kind: "unknown" });
    expect(await other).toEqual([{ kind: "unknown" }]);
    expect(sent).toHaveLength(2);
  });

  it("is not sent for ever", async () => {
    const outcomes = submit("a");
    for (let epoch = 1; sent.length < 100 && sent.length === epoch; epoch++) {
      await sent.at(-1)!.answer(goneTo(epoch % 3, epoch));
    }
    expect(await outcomes).toEqual([{ kind: "busy" }]);
    expect(sent).toHaveLength(21);
  });
});
