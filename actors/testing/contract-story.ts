/**
 * A story of contracts to begin a day with: one account wins in one future and loses more in
 * another than it has, so that its profit and the insurance fund pay for it when that one expires.
 *
 * The fund's account is there, and nobody else has traded.
 */
import { OrderType, plainInstructions, Side, TimeInForce } from "../../protocols/index.ts";
import type { AccountId, InstrumentSymbol } from "../../protocols/index.ts";
import { appleFuture } from "./contracts.ts";
import type { TestVenue } from "./test-venue.ts";

const why = { author: "ops", reason: "test" };
const hourUs = 3_600_000_000;

/** Who loses, and who takes the other side. */
export const [debtor, winner] = ["carl", "rita"] as const;

export function loseBeyondCash(venue: TestVenue): void {
  const { contract } = appleFuture(venue.timeUs + hourUs);
  const lost = { ...appleFuture(0), symbol: "APPLE-COIN-F1", contract };
  const won = { ...lost, symbol: "APPLE-COIN-F2", contract: appleFuture(3e15).contract };
  venue.open(debtor, { COIN: 600 }).open(winner, { COIN: 100_000 }).list(lost, won);
  for (const account of [debtor, winner]) {
    venue.ask({ kind: "set-margin-account", account, isMargin: true, ...why });
  }
  const publish = (symbol: InstrumentSymbol, price: number): void => {
    venue.ask({ kind: "publish-index-price", symbol, price, ...why });
    venue.drain();
  };
  for (const { symbol } of [lost, won]) publish(symbol, 50);
  for (const [symbol, quantity] of [[lost.symbol, 100] as const, [won.symbol, 20] as const]) {
    place(venue, { account: winner, symbol, side: Side.sell, quantity });
    place(venue, { account: debtor, symbol, side: Side.buy, quantity });
  }
  // It is marked no further from its index than a tenth: at 54.
  publish(won.symbol, 60);
  publish(lost.symbol, 40);
  venue.timeUs += 2 * hourUs;
  for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
  venue.drain();
}

interface Placed {
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  readonly quantity: number;
}

function place(venue: TestVenue, { account, symbol, side, quantity }: Placed): void {
  venue.ask({
    ...{ kind: "place-order", account, symbol, side, quantity, price: 50 },
    ...{ clientOrderId: `${account}-${symbol}`, instructions: plainInstructions },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
  });
  venue.drain();
}
