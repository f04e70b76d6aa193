/**
 * A small venue for tests: assets, instruments, and accounts with funds.
 */
import {
  anySide,
  OrderType,
  plainInstructions,
  Side,
  ticksMax,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  AccountId,
  CancelAllOrders,
  Command,
  InstrumentTerms,
  OpenAccount,
  PlaceOrder,
} from "../../protocols/index.ts";

export const fundsPerAccount = 1_000_000_000;
const assets = ["BTC", "ETH", "USDT"] as const;
export const symbols = ["BTC-USDT", "ETH-USDT", "ETH-BTC"] as const;

function termsOf(symbol: string): InstrumentTerms {
  const [base = "", quote = ""] = symbol.split("-");
  return {
    symbol,
    base,
    quote,
    baseUnitsPerLot: 10,
    quoteUnitsPerTickLot: 1,
    makerFeeBasisPoints: 10,
    takerFeeBasisPoints: 20,
  };
}

/** What an administrator says to open the venue, one after the other. */
export function openingCommands(accounts: readonly string[]): readonly Command[] {
  return [
    ...assets.map((asset) => ({ kind: "add-asset", asset, decimals: 2 }) as const),
    ...symbols.map((symbol) => ({ kind: "list-instrument", terms: termsOf(symbol) }) as const),
    ...accounts.flatMap((account): Command[] => [
      opening(account),
      ...assets.map((asset): Command => {
        const reference = `${account}-${asset}`;
        return { kind: "deposit", account, asset, amount: fundsPerAccount, reference };
      }),
    ]),
  ];
}

/** Of a participant of the same name. */
export function opening(account: AccountId): OpenAccount {
  return { kind: "open-account", account, participant: "" };
}

/** What all of them own together, of every asset. */
export function totalDeposits(accounts: readonly string[]): ReadonlyMap<string, bigint> {
  return new Map(assets.map((asset) => [asset, BigInt(accounts.length * fundsPerAccount)]));
}

/** A limit order that rests if it does not trade; what is not named is ordinary. */
export function placing(
  order: Partial<PlaceOrder> & Pick<PlaceOrder, "clientOrderId">,
): PlaceOrder {
  return {
    kind: "place-order",
    account: "alice",
    symbol: "BTC-USDT",
    side: Side.buy,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price: 100,
    quantity: 5,
    instructions: plainInstructions,
    ...order,
  };
}

/** Of every order of an account, or of those in one instrument. */
export function cancelingAll(account: AccountId, symbol = ""): CancelAllOrders {
  const any = { side: anySide, priceMin: 0, priceMax: ticksMax } as const;
  return { kind: "cancel-all-orders", account, symbol, ...any };
}
