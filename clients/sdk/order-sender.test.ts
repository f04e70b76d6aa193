/** Goal: whatever a gateway answers, and in whatever order, a command gets one true result. */
import { describe, expect, it } from "vitest";
import { apiErrorOf } from "../../protocols/api/errors.ts";
import {
  decodeOrderBatch,
  encodeOrderReplies,
  unansweredReply,
} from "../../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../../protocols/api/order-batch.ts";
import { OrderStatus, pack, RejectReason } from "../../protocols/index.ts";
import type { OrderReplied } from "../../protocols/index.ts";
import { Attempter, defaultTiming } from "./attempts.ts";
import { AnswerMalformed, ExchangeUnavailable, ExecutionStatusUnknown } from "./faults.ts";
import type { OrderResult } from "./order-result.ts";
import { OrderSender, SentCommand } from "./order-sender.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import type { Wire, WireAnswer } from "./wire.ts";

type Answer = WireAnswer | ((commands: readonly BatchedCommand[]) => WireAnswer);

const noAnswer: Answer = { kind: "no-answer" };
const notHeard: Answer = { kind: "not-heard" };

function reasons(...all: RejectReason[]): Answer {
  return (commands) => {
    const replies = commands.map((_, at) => replyOf(at, all[at] ?? RejectReason.none));
    return { kind: "answered", payload: encodeOrderReplies(replies) };
  };
}

function replyOf(index: number, rejectReason: RejectReason): OrderReplied {
  if (rejectReason !== RejectReason.none) return unansweredReply(index, rejectReason);
  return { ...unansweredReply(index, rejectReason), orderId: index + 1, status: OrderStatus.new };
}

function wholeRefused(reason: RejectReason): Answer {
  return { kind: "answered", payload: pack({ ok: false, error: apiErrorOf({ reason }) }) };
}

/** Sends cancels of the named orders against scripted answers, the last of them for ever. */
async function send(names: readonly string[], ...answers: Answer[]) {
  const asked: string[][] = [];
  const clock = new ManualClock();
  const wire: Wire = {
    request: async (_, payload, { timeoutMs }) => {
      const decoded = decodeOrderBatch(payload, "demo");
      const commands = decoded.kind === "commands" ? decoded.commands : [];
      asked.push(commands.map(({ clientOrderId }) => clientOrderId));
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? noAnswer;
      const given = typeof answer === "function" ? answer(commands) : answer;
      if (given.kind === "no-answer") clock.advance(timeoutMs);
      return given;
    },
    subscribe: () => ({ close: () => undefined }),
    onReconnect: () => undefined,
    close: () => Promise.resolve(),
  };
  const sender = new OrderSender({
    account: "demo",
    wire,
    attempter: new Attempter(defaultTiming, clock),
  });
  const results = names.map(() => Promise.withResolvers<OrderResult>());
  const settled = Promise.allSettled(results.map(({ promise }) => promise));
  await sender.send(
    names.map((clientOrderId, at) => {
      const command = { kind: "cancel-order", account: "demo", orderId: 0, clientOrderId } as const;
      return new SentCommand(command, results[at]!);
    }),
  );
  return { told: (await settled).map(tell), asked };
}

function tell(settled: PromiseSettledResult<OrderResult>): string {
  if (settled.status === "rejected") return (settled.reason as Error).name;
  return settled.value.ok ? "done" : settled.value.error.name;
}

const { busy } = RejectReason;
const unknown = RejectReason["execution-status-unknown"];
const unavailable = RejectReason["cluster-unavailable"];
const tooLate = RejectReason["command-too-late"];
const tooOften = RejectReason["rate-exceeded"];
const orderUnknown = RejectReason["order-unknown"];

describe("a batch", () => {
  it("is settled by its answers, refusals included", async () => {
    const { told, asked } = await send(["a", "b"], reasons(0, orderUnknown));
    expect(told).toEqual(["done", "order-unknown"]);
    expect(asked).toHaveLength(1);
  });

  it("of which some got no last word is sent again for those only, in order", async () => {
    const { told, asked } = await send(
      ["a", "b", "c", "d"],
      reasons(0, busy, 0, unknown),
      reasons(),
    );
    expect(told).toEqual(["done", "done", "done", "done"]);
    expect(asked).toEqual([
      ["a", "b", "c", "d"],
      ["b", "d"],
    ]);
  });

  it.each([
    ["busy", busy],
    ["unavailable", unavailable],
    ["too slow", tooLate],
    ["of unknown outcome", unknown],
  ])("that is refused as a whole because the exchange is %s is sent again", async (_, reason) => {
    const { told } = await send(["a"], wholeRefused(reason), reasons());
    expect(told).toEqual(["done"]);
  });

  it("that is refused as a whole for a reason of its own is refused", async () => {
    const { told, asked } = await send(["a", "b"], wholeRefused(tooOften));
    expect(told).toEqual(["rate-exceeded", "rate-exceeded"]);
    expect(asked).toHaveLength(1);
  });

  it("of which an attempt may have been taken is not refused by the gateway any more", async () => {
    const { told } = await send(["a"], noAnswer, wholeRefused(tooOften), reasons());
    expect(told).toEqual(["done"]);
    const never = await send(["a"], noAnswer, wholeRefused(tooOften));
    expect(never.told).toEqual([ExecutionStatusUnknown.name]);
  });

  it("that stays without an answer is told for each command by whether it may be done", async () => {
    expect((await send(["a"], notHeard)).told).toEqual([ExchangeUnavailable.name]);
    expect((await send(["a"], wholeRefused(busy))).told).toEqual([ExchangeUnavailable.name]);
    expect((await send(["a"], wholeRefused(unknown))).told).toEqual([ExecutionStatusUnknown.name]);
    expect((await send(["a"], noAnswer)).told).toEqual([ExecutionStatusUnknown.name]);
    expect((await send(["a"], reasons(tooLate))).told).toEqual([ExchangeUnavailable.name]);
    expect((await send(["a"], reasons(unknown), reasons(tooLate))).told).toEqual([
      ExecutionStatusUnknown.name,
    ]);
    const mixed = await send(["a", "b"], reasons(busy, unknown), wholeRefused(busy));
    expect(mixed.told).toEqual([ExchangeUnavailable.name, ExecutionStatusUnknown.name]);
  });

  it.each<[string, Answer]>([
    ["bytes that are nothing", { kind: "answered", payload: new Uint8Array([0xc1]) }],
    ["records that are cut short", { kind: "answered", payload: new Uint8Array([0x93, 0x90]) }],
    ["fewer answers than commands", () => ({ kind: "answered", payload: encodeOrderReplies([]) })],
  ])("that is answered with %s is told so", async (_, answer) => {
    expect((await send(["a"], answer)).told).toEqual([AnswerMalformed.name]);
  });
});
