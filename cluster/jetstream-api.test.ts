/** Goal: what passes by itself is waited for, and what does not is said at once. */
import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { LogMisconfigured, LogUnavailable } from "./faults.ts";
import type { ApiAnswer } from "./jetstream-api.ts";
import { JetStreamApi } from "./jetstream-api.ts";

const line = { clock: systemClock, isClosed: false, lastComplaint: undefined };

/** Asks for what is answered like this, in turn. */
async function untilAnswered(...answers: (ApiAnswer | undefined)[]): Promise<ApiAnswer> {
  const api = new JetStreamApi(line as never, "LOG_0_1");
  const left = [...answers];
  const deadlineMs = systemClock.nowMs() + (left.length === 1 ? 0 : 60_000);
  return await api.untilAnswered(deadlineMs, () => Promise.resolve(left.shift()));
}

const failure = (err_code: number): ApiAnswer => ({ error: { err_code, description: "so" } });

describe("a request to JetStream", () => {
  it.each([
    ["a server has just started, and the account has no JetStream yet", failure(10_039)],
    ["there is no leader", failure(10_008)],
    ["nobody answers", undefined],
  ])("is made again while %s", async (_what, notYet) => {
    expect(await untilAnswered(notYet, notYet, { streams: [] })).toEqual({ streams: [] });
  });

  it("says why it was given up", async () => {
    await expect(untilAnswered(failure(10_039))).rejects.toThrow(LogUnavailable);
    await expect(untilAnswered(failure(10_039))).rejects.toThrow("10039 so");
  });

  it.each([10_052, 10_058, 10_065, 10_074])("is not made again after %s", async (code) => {
    await expect(untilAnswered(failure(code), {})).rejects.toThrow(LogMisconfigured);
  });

  it.each([10_059, 10_037])("takes %s for an answer: there is no such thing", async (code) => {
    expect(await untilAnswered(failure(code))).toEqual(failure(code));
  });
});
