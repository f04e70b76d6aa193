/**
 * Whatever becomes of its appends and of the replies, a producer's commands are applied once each,
 * in the order submitted, and an outcome is either "unknown" or what the shard really said.
 *
 * Method: a real shard applies what a log in memory stores; each append meets a random fate and
 * each reply may be lost. Every command opens an account, some of them one that is open already, so
 * the right reply to each follows from the commands before it.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterSubjects, decodeReplies } from "../protocols/index.ts";
import type { Command } from "../protocols/index.ts";
import type { Outcome } from "./client.ts";
import { FrameProducer } from "./frame-producer.ts";
import { MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import type { AppendFate } from "./memory-log.ts";
import { HeldLog } from "./testing/held-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { ShardHost } from "./testing/shard-host.ts";

const fates: readonly AppendFate[] = [
  "stored",
  "stored-twice",
  "stored-unanswered",
  "lost-unanswered",
  "unavailable",
];

const run = fc.record({
  /** For each submission: the accounts it opens, and the pause after it. */
  submissions: fc.array(
    fc.record({
      accounts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      pauseMs: fc.constantFrom(0, 0, 0, 1, 30, 400),
      /** How many of the appends that are under way end then. */
      ended: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  fates: fc.array(fc.constantFrom(...fates), { maxLength: 40 }),
  lostReplies: fc.array(fc.boolean(), { maxLength: 40 }),
  appendsMax: fc.integer({ min: 1, max: 4 }),
  isSlow: fc.boolean(),
});

const timeoutMs = 1000;
const accountExists = 220;

describe("a producer on a log that does what it likes", () => {
  it("has each command applied once, in order, and never tells a wrong outcome", async () => {
    await fc.assert(
      fc.asyncProperty(run, async (dealt) => {
        const { submissions, lostReplies, appendsMax, isSlow } = dealt;
        const clock = new ManualClock();
        const network = new MemoryBusNetwork({ clock });
        const left = [...dealt.fates];
        const storage = new MemoryLogStorage({ clock, fate: () => left.shift() ?? "stored" });
        const host = await ShardHost.open({ storage, bus: network.connect() });
        const lost = [...lostReplies];
        host.isLost = () => lost.shift() ?? false;
        const log = new HeldLog(storage.open());
        log.isHolding = isSlow;
        const options = { producer: "gw-1", epoch: 1, shard: 0, log, clock, appendsMax };
        const producer = new FrameProducer({ ...options, judgementMs: 500 });
        network.connect().subscribe(clusterSubjects.repliesTo("gw-1"), ({ payload }) => {
          producer.receive(decodeReplies(payload));
        });

        const sent: Command[] = [];
        const outcomes: Promise<readonly Outcome[]>[] = [];
        for (const { accounts, pauseMs, ended } of submissions) {
          const commands = accounts.map((number): Command => ({
            kind: "open-account",
            account: `a${String(number)}`,
          }));
          sent.push(...commands);
          outcomes.push(producer.submit(commands, timeoutMs));
          await clock.advanceAndSettle(pauseMs);
          log.release(ended);
        }
        log.isHolding = false;
        log.release();
        await clock.advanceAndSettle(20_000);

        const applied = host.applied.filter(({ producer: by }) => by === "gw-1");
        expect(applied.map(({ message }) => message)).toEqual(sent);
        const told = (await Promise.all(outcomes)).flat().map(reasonOf);
        const right = sent.map((command, index) =>
          sent.slice(0, index).some((before) => isSame(before, command)) ? accountExists : 0,
        );
        expect(
          told.map((reason, index) => reason === "unknown" || reason === right[index]),
        ).toEqual(sent.map(() => true));
        expect(producer.commandsUnderWay).toBe(0);
        producer.close();
        expect(clock.timersCount).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

function reasonOf(outcome: Outcome): number | string {
  return outcome.kind === "replied" ? outcome.reply.rejectReason : outcome.kind;
}

function isSame(a: Command, b: Command): boolean {
  return a.kind === "open-account" && b.kind === "open-account" && a.account === b.account;
}
