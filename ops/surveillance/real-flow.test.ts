/**
 * Goal: say how many alerts real order flow gives. Method: messages of NASDAQ as LOBSTER recorded
 * them, seconds after the opening of 2012-06-21, played into a venue in memory. The recording does
 * not say whose orders they are, so that they are dealt out to accounts by chance: whoever is found
 * is found by chance. Skipped, saying why, where the recording is not beside the repository.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { TestVenue } from "../../actors/testing/test-venue.ts";
import { OrderType, oppositeOf, plainInstructions, Side } from "../../protocols/index.ts";
import { TimeInForce, unrevised } from "../../protocols/index.ts";
import { MessageType, parseMessage } from "../lobster/lobster-message.ts";
import { alertsIn } from "./testing/watch-logs.ts";

const folder = fileURLToPath(new URL("../../../shared/data/lobster/", import.meta.url));
const terms = {
  ...{ base: "SHARE", quote: "USD", baseUnitsPerLot: 1, quoteUnitsPerTickLot: 1 },
  ...{ makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 },
};
const funds = { SHARE: 1_000_000_000, USD: 1_000_000_000_000_000 };
const midnightUs = Date.UTC(2012, 5, 21, 4) * 1000;

interface Resting {
  readonly account: string;
  readonly price: number;
  quantity: number;
}

/** Plays a recording; new orders and takers are dealt out to so many accounts. */
class DealtFlow {
  readonly venue: TestVenue;
  readonly #symbol: string;
  readonly #random = new Random(5);
  readonly #owners: readonly string[];
  readonly #resting = new Map<number, Resting>();
  /** Whoever takes at one moment is one. */
  #taker = "";
  #takesAt = "";
  #names = 0;

  constructor(symbol: string, owners: number) {
    this.#symbol = symbol;
    this.venue = new TestVenue().list({ symbol, ...terms });
    this.#owners = Array.from({ length: owners }, (_, index) => `t${index}`);
    for (const account of ["seed", ...this.#owners]) this.venue.open(account, funds);
  }

  /** What rested before: levels of both sides. */
  seed(row: string): void {
    const levels = row.split(",").map(Number);
    for (let at = 0; at + 1 < levels.length; at += 2) {
      const [price = 0, quantity = 0] = levels.slice(at, at + 2);
      const side = at % 4 === 0 ? Side.sell : Side.buy;
      this.#place("seed", { side, price, quantity }, TimeInForce.GTC);
    }
  }

  play(line: string, index: number): void {
    const message = parseMessage(line, { file: this.#symbol, line: index + 1 });
    const [time = ""] = line.split(",");
    this.venue.timeUs = Math.max(this.venue.timeUs, midnightUs + Math.round(Number(time) * 1e6));
    const { type, orderId, side, price, size: quantity } = message;
    const resting = this.#resting.get(orderId);
    if (type === MessageType.newOrder) {
      const account = this.#random.pick(this.#owners);
      this.#resting.set(orderId, { account, price, quantity });
      this.#place(account, { side, price, quantity }, TimeInForce.GTC, `o${orderId}`);
    } else if (type === MessageType.execution) {
      if (time !== this.#takesAt) this.#taker = this.#random.pick(this.#owners);
      this.#takesAt = time;
      this.#place(this.#taker, { side: oppositeOf(side), price, quantity }, TimeInForce.IOC);
      if (resting !== undefined) resting.quantity -= quantity;
    } else if (resting !== undefined && type === MessageType.deletion) {
      const { account } = resting;
      this.venue.ask({
        ...{ kind: "cancel-order", account, orderId: 0, clientOrderId: `o${orderId}` },
      });
    } else if (resting !== undefined && type === MessageType.partialCancel) {
      resting.quantity -= quantity;
      const { account } = resting;
      this.venue.ask({
        ...{ kind: "replace-order", account, orderId: 0, clientOrderId: `o${orderId}`, price },
        ...{ quantity: resting.quantity, revision: 0, revised: unrevised },
      });
    }
  }

  #place(
    account: string,
    order: { readonly side: Side; readonly price: number; readonly quantity: number },
    timeInForce: TimeInForce,
    name = `n${++this.#names}`,
  ): void {
    const [symbol, orderType] = [this.#symbol, OrderType.limit];
    this.venue.ask({
      ...{ kind: "place-order", account, clientOrderId: name, symbol, orderType, timeInForce },
      ...{ ...order, instructions: plainInstructions },
    });
  }
}

it.for([
  { symbol: "MSFT", owners: 20, found: {} },
  { symbol: "AAPL", owners: 20, found: {} },
  { symbol: "AAPL", owners: 5, found: {} },
])(
  "real orders in $symbol, dealt out to $owners accounts, raise as few alerts as the documentation says",
  ({ symbol, owners, found }, { skip }) => {
    skip(!existsSync(folder), "the third-party data is not beside the repository");
    const linesIn = (name: string) =>
      readFileSync(join(folder, `${symbol}_${name}_50.csv`), "utf8")
        .trim()
        .split("\n");
    const flow = new DealtFlow(symbol, owners);
    flow.seed(linesIn("orderbook")[0] ?? "");
    for (const [index, line] of linesIn("message").entries()) flow.play(line, index);
    const trades = flow.venue.events.filter(({ kind }) => kind === "traded");
    expect(trades.length).toBeGreaterThan(40);
    const alerts = alertsIn(flow.venue.logs);
    // Who meets himself is a matter of the dealing.
    const others = alerts.filter(({ rule }) => rule !== "wash-trade");
    const counts = Map.groupBy(others, ({ rule }) => rule);
    expect(Object.fromEntries([...counts].map(([rule, of]) => [rule, of.length]))).toEqual(found);
  },
);
