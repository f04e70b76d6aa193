/**
 * Goal: what any release has computed of its logs, today's code computes of them, bit for bit.
 *
 * Method: every file in golden/ is replayed from its start and from the snapshot that its release
 * took. A difference is told by its entry; the only cure is that today's code learns again what the
 * logic of that version did. The files are recorded by ops/scripts/record-golden-log.ts.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Shard } from "../actors/index.ts";
import { eventsOf } from "../actors/testing/test-venue.ts";
import {
  messagesIn,
  OrderType,
  TimeInForce,
  TradingPhase,
  unsealFrame,
} from "../protocols/index.ts";
import type { Message, ShardId } from "../protocols/index.ts";
import { eventKinds } from "../protocols/testing/events.ts";
import { messageKinds } from "../protocols/testing/messages.ts";
import { HashedShard } from "./hashed-shard.ts";
import type { LogEntry } from "./replicated-log.ts";
import { decodeGoldenLog, differenceFrom, goldenFolder } from "./testing/golden-log.ts";
import type { GoldenLog, GoldenShard } from "./testing/golden-log.ts";

const names = readdirSync(goldenFolder).filter((name) => name.endsWith(".golden"));

/** Kinds of messages and events since the last release: the next one records them. */
const notYetRecorded: readonly string[] = [
  ...["set-approval-policy", "announce-approval-policy"],
  ...["set-fee-schedule", "announce-fee-schedule", "set-account-fees", "apply-account-fees"],
  ...["request-withdrawal", "cancel-withdrawal", "allow-address", "forget-address"],
  ...["release-withdrawal", "refuse-withdrawal", "advance-withdrawal", "withdrawal-settled"],
  ...["set-custody-policy", "announce-custody-policy", "assign-deposit-address"],
  "announce-price",
  ...["set-risk-limits", "announce-risk-limits", "set-risk-group", "announce-risk-group"],
  ...["report-deposit", "withdrawal-changed", "deposit-changed"],
  ...["propose-sweep", "release-sweep", "advance-sweep"],
  ...["set-settlement-cycle", "announce-settlement-cycle", "clear-trade"],
  ...["instruct-settlement", "settlement-confirmed", "post-settlement"],
  ...["settlement-final", "account-settled"],
  ...["set-margin-account", "apply-margin-account", "cover-deficit"],
  ...["position-changed", "funding-paid", "deficit-covered"],
  ...["make-good-deficit", "deficit-made-good"],
  ...["pay-liquidation-fee", "offer-position", "answer-offer", "deleverage-wanted"],
  ...["rank-positions", "positions-ranked", "deleverage", "deleveraged", "deleverage-dealt"],
  ...["set-margin-mode", "add-margin", "remove-margin", "margin-mode-changed", "margin-moved"],
  ...["liquidation-moved", "liquidation-fee-paid", "position-handed-over"],
  ...["announce-contract", "publish-index-price", "contract-funded", "contract-expired"],
  ...["set-fail-permission", "apply-fail-permission"],
  ...["delivery-failed", "buy-in-flagged", "penalty-charged"],
];

function goldenLogIn(name: string): GoldenLog {
  return decodeGoldenLog(readFileSync(join(goldenFolder, name)));
}

describe("golden logs", () => {
  it.each(names)("%s is computed as it was when it was recorded", (name) => {
    expect(differenceFrom(goldenLogIn(name))).toBeUndefined();
  });

  it("are small enough to be kept for ever", () => {
    for (const name of names) {
      expect(readFileSync(join(goldenFolder, name)).length).toBeLessThan(300_000);
    }
  });

  it("have in them all that may be said to a shard, and all that follows from it", () => {
    const reached = new Reached();
    for (const name of names) {
      const { shards } = goldenLogIn(name);
      for (const [shard, { entries }] of shards.entries()) {
        reached.play(entries, shard, shards.length);
      }
    }
    const ofEnum = (list: object): number[] =>
      (Object.values(list) as number[]).sort((a, b) => a - b);
    const sorted = (found: ReadonlySet<number>): number[] => [...found].sort((a, b) => a - b);
    const isDue = (kind: string): boolean => !notYetRecorded.includes(kind);
    expect([...reached.messages].sort()).toEqual(messageKinds.filter(isDue).sort());
    expect([...reached.events].sort()).toEqual(eventKinds.filter(isDue).sort());
    expect(sorted(reached.orderTypes)).toEqual(ofEnum(OrderType));
    expect(sorted(reached.timesInForce)).toEqual(ofEnum(TimeInForce));
    expect(sorted(reached.phases)).toEqual(ofEnum(TradingPhase));
    expect([...reached.verdicts].sort()).toEqual([
      ...["applied", "duplicate", "expired", "gap", "malformed"],
    ]);
  });

  it("differ where an entry is another one", () => {
    const { shards } = goldenLogIn(names[0]!);
    const [first] = shards;
    const entries = first!.entries.map((entry) => {
      return entry.sequence === 1001 ? { ...entry, timeUs: entry.timeUs + 1 } : entry;
    });
    const altered: GoldenShard = { ...first!, entries };
    expect(differenceFrom({ shards: [altered] })).toMatch(/^shard 0, entry 1\d\d\d: /);
  });
});

/** What a log has in it. */
class Reached {
  readonly messages = new Set<string>();
  readonly orderTypes = new Set<number>();
  readonly timesInForce = new Set<number>();
  readonly verdicts = new Set<string>();
  readonly events = new Set<string>();
  readonly phases = new Set<number>();

  play(entries: readonly LogEntry[], shard: ShardId, shards: number): void {
    const hashed = new HashedShard(new Shard(shard, shards));
    for (const entry of entries) {
      const { step } = hashed.apply(entry);
      this.verdicts.add(step.verdict);
      if (step.verdict === "applied") this.#note(messagesIn(unsealFrame(entry.payload)));
      for (const event of eventsOf(step)) {
        this.events.add(event.kind);
        if (event.kind === "phase-changed") this.phases.add(event.phase);
      }
    }
  }

  #note(messages: readonly Message[]): void {
    for (const message of messages) {
      this.messages.add(message.kind);
      if (message.kind !== "place-order") continue;
      this.orderTypes.add(message.orderType);
      this.timesInForce.add(message.timeInForce);
    }
  }
}
