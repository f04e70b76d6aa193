/**
 * Requests in JSON, asked again until there is an answer: questions, and commands that may be
 * repeated without harm.
 */
import type { Refusal } from "../../protocols/api/replies.ts";
import { RejectReason } from "../../protocols/index.ts";
import type { Attempter, Attempts } from "./attempts.ts";
import {
  AnswerMalformed,
  ExchangeUnavailable,
  ExecutionStatusUnknown,
  RequestRefused,
} from "./faults.ts";
import { isReply } from "./order-result.ts";
import type { Wire, WireClock } from "./wire.ts";

export interface QuestionParts {
  readonly wire: Wire;
  readonly attempter: Attempter;
  readonly clock: WireClock;
  /** The trace that the request is part of, if any. */
  readonly traceparent?: string | undefined;
  /** Called when nobody has heard an attempt; what it throws ends them. */
  readonly onNotHeard?: () => void;
}

/** What a request gave, and whether an earlier attempt may have been taken already. */
export interface Asked<Reply> {
  readonly reply: Reply | Refusal;
  readonly mayBeRepeated: boolean;
}

/** Sends a command until there is a reply. Throws when there is none. */
export async function command<Reply extends { readonly ok: true }>(
  parts: QuestionParts,
  subject: string,
  body: object,
): Promise<Asked<Reply>> {
  const { outcome, count } = await attempts<Reply>(parts, subject, body);
  switch (outcome.kind) {
    case "answered":
      return outcome.answer;
    case "not-taken":
      throw new ExchangeUnavailable(subject, count);
    case "unknown":
      throw new ExecutionStatusUnknown(subject, "", count);
  }
}

/** Asks a question until there is an answer. Throws when there is none, or it is "no". */
export async function question<Reply extends { readonly ok: true }>(
  parts: QuestionParts,
  subject: string,
  body: object,
): Promise<Reply> {
  const { outcome, count } = await attempts<Reply>(parts, subject, body);
  if (outcome.kind !== "answered") throw new ExchangeUnavailable(subject, count);
  const { reply } = outcome.answer;
  if (!reply.ok) throw new RequestRefused(subject, reply.error);
  return reply;
}

function attempts<Reply extends { readonly ok: true }>(
  parts: QuestionParts,
  subject: string,
  body: object,
): Promise<Attempts<Asked<Reply>>> {
  const { traceparent, onNotHeard } = parts;
  const payload = new TextEncoder().encode(JSON.stringify(body));
  let mayBeRepeated = false;
  return parts.attempter.untilAnswered<Asked<Reply>>(async (timeoutMs) => {
    const answer = await parts.wire.request(subject, payload, { timeoutMs, traceparent });
    if (answer.kind === "not-heard") {
      onNotHeard?.();
      return { kind: "not-taken" };
    }
    const reply = answer.kind === "no-answer" ? undefined : replyIn<Reply>(subject, answer.payload);
    if (reply === undefined || isUnknown(reply)) {
      mayBeRepeated = true;
      return { kind: "unknown" };
    }
    if (isTooEarly(reply)) return { kind: "not-taken" };
    return { kind: "answered", answer: { reply, mayBeRepeated } };
  });
}

function replyIn<Reply>(subject: string, payload: Uint8Array): Reply | Refusal {
  const answer = parseAnswer(subject, payload);
  if (isReply(answer)) return answer as Reply | Refusal;
  throw new AnswerMalformed(subject, new TypeError("not a reply"));
}

function parseAnswer(subject: string, payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload)) as unknown;
  } catch (error) {
    throw new AnswerMalformed(subject, error);
  }
}

function isUnknown(reply: { readonly ok: true } | Refusal): boolean {
  return !reply.ok && reply.error.number === Number(RejectReason["execution-status-unknown"]);
}

function isTooEarly(reply: { readonly ok: true } | Refusal): boolean {
  if (reply.ok) return false;
  const { number } = reply.error;
  return (
    number === Number(RejectReason.busy) ||
    number === Number(RejectReason["cluster-unavailable"]) ||
    number === Number(RejectReason["command-too-late"])
  );
}
