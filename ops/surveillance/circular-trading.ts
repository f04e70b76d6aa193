/**
 * Trading in a circle: a quantity goes from one owner to another and comes back at about the same
 * price, at once or by way of a third, so that there is volume and nobody has anything for it.
 *
 * Commission Delegated Regulation (EU) 2016/522, Annex II, section 1: transactions without a change
 * in beneficial interest, among parties who act in concert; also Commodity Exchange Act
 * 4c(a)(2)(A).
 */
import type { InstrumentSymbol } from "../../protocols/index.ts";
import { keptTrade, tradesAndOrders } from "./alert.ts";
import type { KeptTrade } from "./alert.ts";
import {
  basisPointsOf,
  entryOf,
  forgetBefore,
  measureOf,
  microsPerSecond,
  ofSymbol,
  percentOf,
} from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import type { MarketAct, OwnerName, TradeAct } from "./market-acts.ts";
import { OwnerVolumes } from "./owner-volumes.ts";
import type { SavedVolume } from "./owner-volumes.ts";
import { areRelated } from "./owners.ts";
import type { ParametersOf } from "./rule-parameters.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "circular-trading";
type Chosen = ParametersOf<typeof rule>;

/** So many of the latest trades of each seller with each buyer are looked at. */
const tradesKept = 32;

/** The last trade closes the way. */
type Trip = readonly KeptTrade[];

interface State {
  /** Those that no way round was made of yet: by seller, then by buyer. */
  readonly open: BySymbol<Map<OwnerName, KeptTrade[]>>;
  /** By the owners that take part. */
  readonly trips: BySymbol<Trip[]>;
  readonly volumes: BySymbol<SavedVolume>;
}

export class CircularTrading implements Detector {
  readonly state: State;
  readonly #parts: DetectorParts;
  readonly #volumes: OwnerVolumes;

  constructor(
    parts: DetectorParts,
    state: State = { open: new Map(), trips: new Map(), volumes: new Map() },
  ) {
    this.#parts = parts;
    this.state = state;
    this.#volumes = new OwnerVolumes(state.volumes);
  }

  hear(act: MarketAct, { symbol }: WatchedBook): void {
    if (act.kind !== "traded") return;
    const chosen = this.#parts.settings.of(rule, symbol);
    const windowUs = chosen.windowSeconds * microsPerSecond;
    this.#volumes.add(symbol, act, windowUs);
    if (areRelated(act.buy, act.sell)) return;
    const trip = this.#tripOf(act, symbol, chosen);
    if (trip !== undefined) this.#count(trip, symbol, chosen);
    else this.#openBetween(symbol, act.sell.owner, act.buy.owner).push(keptTrade(act));
  }

  #openBetween(symbol: InstrumentSymbol, seller: OwnerName, buyer: OwnerName): KeptTrade[] {
    const bySeller = ofSymbol(this.state.open, symbol);
    const open = entryOf(
      entryOf(bySeller, seller, () => new Map<OwnerName, KeptTrade[]>()),
      buyer,
      () => [],
    );
    if (open.length >= tradesKept) open.shift();
    return open;
  }

  /** The way round that a trade closes, the shortest and latest; what it is made of is used up. */
  #tripOf(act: TradeAct, symbol: InstrumentSymbol, chosen: Chosen): Trip | undefined {
    const bySeller = ofSymbol(this.state.open, symbol);
    const fromUs = act.at.timeUs - chosen.windowSeconds * microsPerSecond;
    const [origin, last] = [act.buy.owner, act.sell.owner];
    const closing = keptTrade(act);
    const openOf = (seller: OwnerName, buyer: OwnerName): KeptTrade[] => {
      const open = bySeller.get(seller)?.get(buyer);
      return open === undefined ? [] : forgetBefore(open, fromUs, ({ at }) => at);
    };
    const back = openOf(origin, last);
    const there = back.findLast((trade) => isNear(trade, closing, chosen));
    if (there !== undefined) {
      back.splice(back.indexOf(there), 1);
      return [there, closing];
    }
    for (const middle of bySeller.get(origin)?.keys() ?? []) {
      if (middle === last) continue;
      const [firsts, seconds] = [openOf(origin, middle), openOf(middle, last)];
      const second = seconds.findLast((trade) => isNear(trade, closing, chosen));
      if (second === undefined) continue;
      const first = firsts.findLast(
        (trade) => trade.at.timeUs <= second.at.timeUs && isNear(trade, second, chosen),
      );
      if (first === undefined) continue;
      firsts.splice(firsts.indexOf(first), 1);
      seconds.splice(seconds.indexOf(second), 1);
      return [first, second, closing];
    }
    return undefined;
  }

  #count(trip: Trip, symbol: InstrumentSymbol, chosen: Chosen): void {
    const closing = trip.at(-1);
    if (closing === undefined) return;
    const owners = [...new Set(trip.flatMap(({ buy, sell }) => [buy.owner, sell.owner]))];
    const key = owners.toSorted().join(" ");
    const byOwners = ofSymbol(this.state.trips, symbol);
    const windowUs = chosen.windowSeconds * microsPerSecond;
    const { timeUs } = closing.at;
    const known = (byOwners.get(key) ?? []).filter(([first]) => {
      return first !== undefined && first.at.timeUs >= timeUs - windowUs;
    });
    const trips = [...known, trip];
    byOwners.set(key, trips);
    if (trips.length < chosen.tripsMin) return;
    const trades = trips.flat();
    const shares = owners.map((owner) => {
      const among = trades.filter(({ buy, sell }) => buy.owner === owner || sell.owner === owner);
      const quantity = among.reduce((sum, trade) => sum + trade.quantity, 0);
      return percentOf(quantity, this.#volumes.of(symbol, owner, [timeUs, windowUs]));
    });
    const share = Math.min(100, ...shares);
    if (share < chosen.sharePercentMin) return;
    byOwners.delete(key);
    this.#parts.find({
      ...{ rule, symbol, at: closing.at, parameters: chosen, owners },
      accounts: trades.flatMap(({ buy, sell }) => [buy.account, sell.account]),
      measures: measureOf(rule, chosen, { tripsMin: trips.length, sharePercentMin: share }),
      evidence: tradesAndOrders(trades),
    });
  }
}

function isNear(a: KeptTrade, b: KeptTrade, chosen: Chosen): boolean {
  const more = Math.max(a.quantity, b.quantity);
  const quantities = (Math.abs(a.quantity - b.quantity) * 100) / more;
  const prices = basisPointsOf(Math.abs(a.price - b.price), Math.min(a.price, b.price));
  return (
    quantities <= chosen.quantityTolerancePercent && prices <= chosen.priceToleranceBasisPoints
  );
}
