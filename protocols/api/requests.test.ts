/** Goal: the examples in the documentation are requests and replies that really could be. */
import { Check, Errors } from "typebox/value";
import { describe, expect, it } from "vitest";
import { refusal } from "./replies.ts";
import { requestNames, requests, subjectOfRequest, subjectPatternOfRequest } from "./requests.ts";

describe.each(requestNames)("the example of %s", (name) => {
  const { request, reply, example } = requests[name];

  it("asks as the schema says", () => {
    expect(Errors(request, example.request)).toEqual([]);
  });

  it("is answered as the schema says", () => {
    expect(Errors(reply, example.reply)).toEqual([]);
  });
});

describe("a refusal", () => {
  it("is never taken for a reply", () => {
    const no = { ok: false, error: { number: 70, name: "order-unknown", message: "No." } };
    expect(Check(refusal, no)).toBe(true);
    for (const name of requestNames) expect(Check(requests[name].reply, no)).toBe(false);
  });
});

describe("subjects", () => {
  it("of all requests differ", () => {
    const subjects = requestNames.map((name) => subjectOfRequest(name, "demo"));
    expect(new Set(subjects).size).toBe(requestNames.length);
  });

  it("hold the account where requests are one account's", () => {
    expect(subjectOfRequest("order.place", "demo")).toBe("outcry.v1.acct.demo.order.place");
    expect(subjectPatternOfRequest("order.place")).toBe("outcry.v1.acct.*.order.place");
    expect(subjectOfRequest("depth", "demo")).toBe("outcry.v1.market.depth");
    expect(subjectOfRequest("account.open", "ops")).toBe("outcry.v1.admin.ops.account.open");
    expect(subjectPatternOfRequest("account.open")).toBe("outcry.v1.admin.*.account.open");
  });
});
