/**
 * Random orders, and what the orders' own stories say everybody must own afterwards.
 */
import * as fc from "fast-check";
import { OrderType, Side, TimeInForce, unrevised } from "../../protocols/index.ts";
import type { BalanceView, Command, OrderView } from "../../protocols/index.ts";
import { cancelingAll, fundsPerAccount, placing, symbols } from "./venue.ts";

export const traders = ["alice", "bob", "carol", "dave"] as const;

/**
 * Order commands on a few prices, so that many trade. Each placing gets its own client order id.
 */
export function tradingCommand(): fc.Arbitrary<(number: number) => Command> {
  const account = fc.constantFrom(...traders);
  const symbol = fc.constantFrom(...symbols);
  const terms = {
    account,
    symbol,
    side: fc.constantFrom(Side.buy, Side.sell),
    price: fc.integer({ min: 95, max: 105 }),
    quantity: fc.integer({ min: 1, max: 20 }),
  };
  const clientOrderId = fc.integer({ min: 1, max: 60 }).map((number) => `c-${String(number)}`);
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .record({ ...terms, timeInForce: fc.constantFrom(TimeInForce.GTC, TimeInForce.IOC) })
        .map((order) => (number: number) => placing({ ...order, clientOrderId: idOf(number) })),
    },
    {
      weight: 2,
      arbitrary: fc.record(terms).map((order) => (number: number) => ({
        ...placing({ ...order, clientOrderId: idOf(number) }),
        orderType: OrderType.market,
        timeInForce: TimeInForce.IOC,
        price: 0,
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ account, clientOrderId })
        .map((of) => () => ({ kind: "cancel-order", orderId: 0, ...of }) as const),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ account, clientOrderId, price: terms.price, quantity: terms.quantity })
        .map((of) => () => ({ ...replacing, ...of })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ account, symbol })
        .map((of) => () => cancelingAll(of.account, of.symbol)),
    },
  );
}

const replacing = { kind: "replace-order", orderId: 0, revision: 0, revised: unrevised } as const;

function idOf(number: number): string {
  return `c-${String(number)}`;
}

/** What an account owns of each asset, reserved or not, if its orders tell the truth. */
export function ownedAfter(orders: readonly OrderView[]): ReadonlyMap<string, number> {
  const owned = new Map(["BTC", "ETH", "USDT"].map((asset) => [asset, fundsPerAccount]));
  const change = (asset: string, by: number): void => {
    owned.set(asset, (owned.get(asset) ?? 0) + by);
  };
  for (const { symbol, side, executed, executedNotional, fees } of orders) {
    const [base = "", quote = ""] = symbol.split("-");
    const sign = side === Side.buy ? 1 : -1;
    change(base, sign * executed * 10);
    change(quote, -sign * Number(executedNotional) - Number(fees));
  }
  return owned;
}

export function totalsOf(balances: readonly BalanceView[]): ReadonlyMap<string, number> {
  return new Map(
    balances.map(({ asset, available, reserved }) => [asset, Number(available) + Number(reserved)]),
  );
}
