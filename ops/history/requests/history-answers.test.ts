/**
 * Goal: whatever a stranger sends about the past is answered with a number, names the field at
 * fault, and reaches the database only when it is well-formed and its turn has come.
 */
import { describe, expect, it } from "vitest";
import { historyRequestNames, historyRequests } from "../../../protocols/api/history.ts";
import type { HistoryRequestName } from "../../../protocols/api/history.ts";
import { DatabaseUnavailable, StatementRefused } from "../database.ts";
import type { Question, SqlAnswer } from "../database.ts";
import { HistoryAnswers } from "./history-answers.ts";
import type { HistoryReply } from "./history-answers.ts";
import { decodePagePlace, encodePagePlace } from "./page-place.ts";

const nothing: SqlAnswer = { columns: [], rows: [], isCut: false };

interface Scripted {
  readonly ask?: (question: Question) => Promise<SqlAnswer>;
  readonly written?: readonly number[];
  readonly heads?: readonly number[];
}

/** Over a database that is asked nothing, unless told. */
function answersOver({ ask, written = [10, 20], heads = [13, 20] }: Scripted = {}) {
  const reported: unknown[] = [];
  const answers = new HistoryAnswers({
    database: { ask: ask ?? (() => Promise.reject(new Error("the database was asked"))) },
    status: () => ({ written, heads }),
    ...{ atOnce: 1, waitingMax: 1 },
    report: (error) => reported.push(error),
  });
  return { answers, reported };
}

function faultOf(reply: HistoryReply) {
  if (reply.ok) throw new Error("it was not refused");
  return reply.error;
}

const asked = (name: HistoryRequestName) => ({
  name,
  account: historyRequests[name].scope === "account" ? "demo" : "",
});

const wrong = {
  fromUs: [null, "1", -1, 1.5, 2 ** 53, {}],
  toUs: [null, "1", -1, 1.5, 2 ** 53, []],
  sort: [null, 0, "", "newest", "__proto__", []],
  limit: [null, 0, 1001, 1.5, "10"],
  after: [null, 1, "", "x", "1_", "_1", "1-1_1'; DROP TABLE fills; --", "9999999999999999-1-1-1_1"],
  symbol: [null, 1, "", "btc", "A' OR '1'='1", "A".repeat(25)],
  asset: [null, 1, "", "usdt", "*"],
  interval: [null, 1, "", "2m", "1M"],
  account: ["other", "demo"],
  Limit: [1],
} as const;

describe.each(historyRequestNames)("%s", (name) => {
  const { answers } = answersOver();
  const right = historyRequests[name].example.request;
  const cases = Object.entries(wrong).flatMap(([field, values]) =>
    values.map((value): [string, unknown] => [field, value]),
  );

  it.each(cases)("refuses %s as %j, by number and field", async (field, value) => {
    const reply = await answers.answer(asked(name), { ...right, [field]: value });
    expect(faultOf(reply)).toMatchObject({ number: 1001, name: "field-invalid", field });
  });

  it.each([[null], [[]], ["text"], [1], [undefined]])("refuses %j, no object", async (body) => {
    expect(faultOf(await answers.answer(asked(name), body)).number).toBe(1000);
  });

  it("refuses the place of other rows", async () => {
    const after = name === "history.orders" ? "1-2-3-4_1" : "1-2_1";
    const error = faultOf(await answers.answer(asked(name), { ...right, after }));
    expect(error).toMatchObject({ number: 1001, field: "after" });
  });

  it("puts nothing that was sent into its statement", async () => {
    const questions: Question[] = [];
    const over = answersOver({
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(nothing);
      },
      written: [8210, 5100, 77],
    });
    expect(await over.answers.answer(asked(name), right)).toMatchObject({ ok: true });
    const [question] = questions;
    const sent = Object.entries(right).filter(([field]) => field !== "limit" && field !== "sort");
    for (const [, value] of sent) expect(question?.statement).not.toContain(String(value));
    const isOwn = historyRequests[name].scope === "account";
    expect(question?.values?.[0]).toBe(isOwn ? "demo" : "BTC-USDT");
    expect(question?.statement.includes("WHERE account = $1::text")).toBe(isOwn);
  });
});

describe("history that cannot answer", () => {
  const fills = asked("history.fills");

  it("has no rows of an account that cannot be", async () => {
    for (const account of ["", "DEMO", "*", "a b"]) {
      const reply = await answersOver().answers.answer({ ...fills, account }, {});
      expect(faultOf(reply).name).toBe("subject-unknown");
    }
  });

  it("says so while it is not open, or nobody knows how far the logs are", async () => {
    for (const not of [{ written: [] }, { heads: [] }]) {
      const error = faultOf(await answersOver(not).answers.answer(fills, {}));
      expect(error.name).toBe("cluster-unavailable");
    }
  });

  it("says so when its database is away, and tells of a statement that was refused", async () => {
    const away = answersOver({ ask: () => Promise.reject(new DatabaseUnavailable("x", "gone")) });
    expect(faultOf(await away.answers.answer(fills, {})).name).toBe("cluster-unavailable");
    expect(away.reported).toEqual([]);
    const refused = answersOver({ ask: () => Promise.reject(new StatementRefused("too long")) });
    const error = faultOf(await refused.answers.answer(fills, {}));
    expect(error.name).toBe("cluster-unavailable");
    expect(error.message).not.toContain("too long");
    expect(refused.reported).toEqual([expect.any(StatementRefused)]);
  });

  it("is busy when too many ask, and takes turns until then", async () => {
    const open: PromiseWithResolvers<SqlAnswer>[] = [];
    const { answers } = answersOver({
      ask: () => {
        open.push(Promise.withResolvers());
        return open.at(-1)!.promise;
      },
    });
    const [first, second, third] = [1, 2, 3].map(() => answers.answer(fills, {}));
    expect(faultOf(await third!).name).toBe("busy");
    expect(open.length).toBe(1);
    open[0]!.resolve(nothing);
    // How far it is behind is told of, too.
    expect(await first).toMatchObject({ ok: true, asOf: [10, 20], entriesBehind: 3 });
    expect(open.length).toBe(2);
    open[1]!.resolve(nothing);
    expect(await second).toMatchObject({ ok: true });
    const fourth = answers.answer(fills, {});
    open[2]!.resolve(nothing);
    expect(await fourth).toMatchObject({ ok: true, fills: [] });
  });
});

describe("the place of a page", () => {
  it("is read as it was written", () => {
    const place = { key: [1_795_000_000_000_000, 3, 0, 7], asOf: [5, 0] };
    expect(decodePagePlace(encodePagePlace(place), 4)).toEqual(place);
    expect(decodePagePlace(encodePagePlace(place), 2)).toBeUndefined();
  });
});
