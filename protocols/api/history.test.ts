/** Goal: the examples of requests about the past are what really could be asked and answered. */
import { Check, Errors } from "typebox/value";
import { describe, expect, it } from "vitest";
import { historyRequestNames, historyRequests, subjectPatternOfHistory } from "./history.ts";
import { requestNames, subjectPatternOfRequest } from "./requests.ts";

describe.each(historyRequestNames)("the example of %s", (name) => {
  const { request, reply, example } = historyRequests[name];

  it("asks and is answered as the schemas say", () => {
    expect(Errors(request, example.request)).toEqual([]);
    expect(Errors(reply, example.reply)).toEqual([]);
  });

  it("is not asked with another place than one that was told", () => {
    const next: unknown = Object.entries(example.reply).find(([field]) => field === "next")?.[1];
    if (next !== undefined) expect(Check(request, { ...example.request, after: next })).toBe(true);
    for (const after of ["", "1", "1_", "_1", "1_1_1", "-1_1", "1-2-3-4-5_1", "1e3_1", "1_1 "]) {
      expect(Check(request, { ...example.request, after })).toBe(false);
    }
  });
});

describe("subjects of history", () => {
  it("are nobody else's", () => {
    const all = [
      ...requestNames.map(subjectPatternOfRequest),
      ...historyRequestNames.map(subjectPatternOfHistory),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("hold the account where the rows are one account's", () => {
    expect(subjectPatternOfHistory("history.fills")).toBe("outcry.v1.acct.*.history.fills");
    expect(subjectPatternOfHistory("history.trades")).toBe("outcry.v1.market.history.trades");
  });
});
