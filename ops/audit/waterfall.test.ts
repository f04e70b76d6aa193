/** Goal: whoever reads a waterfall sees what was asked for, in the units that people use. */
import { describe, expect, it } from "vitest";
import type { TraceSpan } from "./order-trace.ts";
import { renderWaterfall } from "./waterfall.ts";

const unitsOf = (symbol: string) =>
  symbol === "BTC-USDT"
    ? { price: (ticks: number) => `$${ticks}`, quantity: (lots: number) => `${lots} lots` }
    : { price: String, quantity: String };

const times = { startUs: 1_000_000, endUs: 1_000_000 };
const place = { "outcry.shard": 0, "outcry.sequence": 7, "outcry.index": 0 };
const rejected = { "outcry.order.status": "rejected", "outcry.reject_reason": "order-unknown" };
const terms = {
  ...{ "outcry.symbol": "BTC-USDT", "outcry.account": "bob", "outcry.order.client_id": "mine" },
  ...{ "outcry.order.side": "buy", "outcry.order.type": "limit" },
  ...{ "outcry.order.quantity": 5, "outcry.order.price": 63 },
};

function spans(
  whole: TraceSpan["attributes"],
  heard: TraceSpan["attributes"],
): readonly TraceSpan[] {
  const common = { ...times, links: [] };
  return [
    { ...common, spanId: "a", parentSpanId: undefined, name: "order", attributes: whole },
    {
      ...common,
      ...{ spanId: "b", parentSpanId: "a", name: "account.place" },
      attributes: { ...place, ...heard },
    },
  ];
}

describe("the heading of a waterfall", () => {
  const headingOf = (order: number | string, all: readonly TraceSpan[]): readonly string[] =>
    renderWaterfall({ traceId: "t", order, spans: all }, unitsOf).split("\n").slice(0, 2);

  it("is of an order what was asked for, and how it stands", () => {
    const whole = { ...terms, "outcry.order.status": "new" };
    expect(headingOf(12, spans(whole, { "outcry.command": "place-order" }))).toEqual([
      "order 12  BTC-USDT  bob  mine",
      "buy 5 lots @ $63 limit: new",
    ]);
  });

  it("is of a refused command what that asked for", () => {
    const heard = { ...terms, "outcry.command": "place-order" };
    const all = spans(rejected, heard);
    expect(headingOf("0/gw-1/1/2/0", all)).toEqual([
      "refused command 0/gw-1/1/2/0  BTC-USDT  bob  mine",
      "buy 5 lots @ $63 limit: rejected",
    ]);
    expect(renderWaterfall({ traceId: "t", order: "0/gw-1/1/2/0", spans: all }, unitsOf)).toContain(
      "account.place  0/7/0  buy 5 lots @ $63 limit",
    );
  });

  it("has of an order by budget the most that it may come to, once somebody knows", () => {
    const instructions = JSON.stringify({ quoteBudget: "1500" });
    const heard = { "outcry.command": "place-order", "outcry.order.instructions": instructions };
    const of = { ...terms, "outcry.order.type": "market" };
    expect(headingOf(12, spans({ ...of, ...heard }, heard))[1]).toContain("buy at most 5 lots");
    const unknown = { ...of, ...heard, "outcry.order.quantity": 0 };
    expect(headingOf(12, spans(unknown, heard))[1]).not.toContain("lots");
  });

  it("has beside it what a stop waits for, and what an iceberg shows", () => {
    const instructions = JSON.stringify({ triggerPrice: 64, displayQuantity: 2, hidden: true });
    const heard = { ...terms, "outcry.command": "place-order" };
    const all = spans(terms, { ...heard, "outcry.order.instructions": instructions });
    expect(renderWaterfall({ traceId: "t", order: 12, spans: all }, unitsOf)).toContain(
      "buy 5 lots @ $63 limit triggerPrice $64 displayQuantity 2 lots hidden",
    );
  });

  it("is of a refused command without terms its name", () => {
    const heard = { "outcry.account": "bob", "outcry.command": "cancel-order" };
    expect(headingOf("0/gw-1/1/2/0", spans(rejected, heard))).toEqual([
      "refused command 0/gw-1/1/2/0  bob",
      "cancel-order: rejected",
    ]);
  });
});
