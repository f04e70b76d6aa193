/**
 * Whatever becomes of its appends and of the replies, a producer's commands are applied once each,
 * in the order submitted, or not at all when they came too late; and an outcome is either "unknown"
 * or what the shard really said.
 *
 * Method: a real shard applies what a log in memory stores, by a clock that may jump; each append
 * meets a random fate and each reply may be lost. Every command opens an account, some of them one
 * that is open already, so the right reply to each follows from the commands applied before it.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterSubjects, decodeFrame, decodeReplies } from "../protocols/index.ts";
import type { Message, OpenAccount } from "../protocols/index.ts";
import type { Outcome } from "./client.ts";
import type { Clock } from "./clock.ts";
import { FrameProducer } from "./frame-producer.ts";
import { MemoryBusNetwork } from "./memory-bus.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import type { AppendFate } from "./memory-log.ts";
import { HeldLog } from "./testing/held-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { ShardHost } from "./testing/shard-host.ts";
import { opening } from "./testing/venue.ts";

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
      pauseMs: fc.constantFrom(0, 0, 0, 1, 30, 400, 400, 6000),
      /** How far the log's clock jumps then. */
      jumpMs: fc.constantFrom(0, 0, 0, 0, 0, 0, 20_000, -20_000),
      /** How many of the appends that are under way end then. */
      ended: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  fates: fc.array(fc.constantFrom(...fates), { maxLength: 40 }),
  lostReplies: fc.array(fc.boolean(), { maxLength: 40 }),
  appendsMax: fc.integer({ min: 1, max: 4 }),
  isSlow: fc.boolean(),
  takesNotes: fc.boolean(),
});

const timeoutMs = 1000;
const accountExists = 220;

describe("a producer on a log that does what it likes", () => {
  it("has each command applied once, in order, or refused, and tells no wrong outcome", async () => {
    let lateCount = 0;
    await fc.assert(
      fc.asyncProperty(run, async (dealt) => {
        const { submissions, lostReplies, appendsMax, isSlow, takesNotes } = dealt;
        const clock = new ManualClock();
        const network = new MemoryBusNetwork({ clock });
        const left = [...dealt.fates];
        let aheadMs = 0;
        const logClock: Clock = {
          nowMs: () => clock.nowMs() + aheadMs,
          after: (ms, callback) => clock.after(ms, callback),
        };
        const fate = () => left.shift() ?? "stored";
        const storage = new MemoryLogStorage({ clock: logClock, fate });
        const host = await ShardHost.open({ storage, bus: network.connect() });
        const lost = [...lostReplies];
        host.isLost = () => lost.shift() ?? false;
        const log = new HeldLog(storage.open());
        log.isHolding = isSlow;
        const options = { producer: "gw-1", epoch: 1, shard: 0, log, clock, appendsMax };
        const notes = { wallUs: () => clock.nowMs() * 1000, idleMs: 300 };
        const producer = new FrameProducer({
          ...{ ...options, judgementMs: 500 },
          ...(takesNotes && { notes }),
        });
        network.connect().subscribe(clusterSubjects.repliesTo("gw-1"), ({ payload }) => {
          producer.receive(decodeReplies(payload));
        });

        const sent: OpenAccount[] = [];
        const outcomes: Promise<readonly Outcome[]>[] = [];
        for (const { accounts, pauseMs, jumpMs, ended } of submissions) {
          const commands = accounts.map((number) => opening(`a${String(number)}`));
          sent.push(...commands);
          outcomes.push(producer.submit(commands, timeoutMs));
          await clock.advanceAndSettle(pauseMs);
          aheadMs += jumpMs;
          log.release(ended);
        }
        log.isHolding = false;
        log.release();
        await clock.advanceAndSettle(20_000);

        const counted = await framesCounted(storage, host);
        expect(counted.flatMap(({ messages }) => messages)).toEqual(sent);
        const right = counted.flatMap(({ verdict, messages }) => messages.map(() => verdict));
        lateCount += right.filter((verdict) => verdict === "expired").length;
        const applied = sent.filter((_, index) => right[index] === "applied");
        expect(host.applied.flatMap(commandOfGateway)).toEqual(applied);
        const told = (await Promise.all(outcomes)).flat().map(reasonOf);
        const open = new Set<string>();
        for (const [index, { account }] of sent.entries()) {
          if (right[index] === "expired") {
            expect(["unknown", "too-late"]).toContain(told[index]);
          } else {
            expect(["unknown", open.has(account) ? accountExists : 0]).toContain(told[index]);
            open.add(account);
          }
        }
        expect(producer.commandsUnderWay).toBe(0);
        producer.close();
        expect(clock.timersCount).toBe(0);
      }),
      { numRuns: 150 },
    );
    expect(lateCount).toBeGreaterThan(50);
  });
});

function reasonOf(outcome: Outcome): number | string {
  return outcome.kind === "replied" ? outcome.reply.rejectReason : outcome.kind;
}

function commandOfGateway({ producer, message }: ShardHost["applied"][number]): Message[] {
  return producer === "gw-1" ? [message] : [];
}

/** The frames of the producer that used their number up, in order, and how. */
async function framesCounted(storage: MemoryLogStorage, host: ShardHost) {
  const entries = await storage.open().read(1, { entriesMax: 10_000 });
  return entries
    .map(({ producer, payload }, index) => ({
      producer,
      messages: decodeFrame(payload).messages,
      verdict: host.steps[index]?.verdict,
    }))
    .filter(({ producer }) => producer === "gw-1")
    .filter(({ verdict }) => verdict === "applied" || verdict === "expired");
}
