/**
 * The slow, plain reference of limits of risk: it keeps everything that was done and counts anew
 * each time. For limits that are set before anything is done.
 *
 * What an account has is counted of contracts only: of those all that it has is what it traded.
 */
import { RejectReason, Side } from "../../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  InstrumentTerms,
  PlaceOrder,
  RiskLimitName,
  ScopedRiskLimits,
  Ticks,
  TimeUs,
} from "../../../protocols/index.ts";

interface Deed {
  readonly account: AccountId;
  readonly instrument: InstrumentTerms;
  readonly timeUs: TimeUs;
}

/** An order of the account that works. */
interface Working {
  readonly instrument: InstrumentTerms;
  readonly side: Side;
  readonly left: number;
}

/** What there is as an order is placed. */
interface Known {
  readonly open: readonly Working[];
  /** Of the contract that the order is in. */
  readonly markPrice: Ticks;
  /** What the account has lost on this day in the instrument of the order. */
  readonly lost: Amount;
}

/** What may come of a contract, and of an order in it: lots on its side, and on either. */
interface MayCome {
  readonly reduces: boolean;
  /** Lots that the account has, and that it is to sell. */
  readonly lots: bigint;
  readonly sells: bigint;
  readonly towards: bigint;
  readonly worst: bigint;
  readonly worstBefore: bigint;
}

const usPerDay = 86_400_000_000;

export class RiskReference {
  readonly #limits: readonly ScopedRiskLimits[];
  readonly #groupOf: (account: AccountId) => string;
  /** Orders that were taken, as they were asked for. */
  readonly placed: (Deed & { readonly order: PlaceOrder })[] = [];
  readonly canceled: Deed[] = [];
  /** Lots that came, below zero for those that went. */
  readonly traded: (Deed & { readonly lots: number })[] = [];

  constructor(limits: readonly ScopedRiskLimits[], groupOf: (account: AccountId) => string) {
    this.#limits = limits;
    this.#groupOf = groupOf;
  }

  /** Why an order was to be refused. */
  whyNot(order: PlaceOrder, deed: Deed, { open, markPrice, lost }: Known): RejectReason {
    const { instrument, timeUs } = deed;
    const working = open.map((other) => other.instrument);
    const comes = this.#mayCome(order, deed, open);
    const lotValue = BigInt(markPrice) * BigInt(instrument.quoteUnitsPerTickLot);
    const ofSymbol = (name: RiskLimitName) => this.#tightest(name, deed.account, order.symbol);
    const isAdding = instrument.contract !== undefined && !comes.reduces;
    const places = ["", instrument.quote, instrument.symbol].map((place) => {
      const isOf = ({ symbol, quote }: InstrumentTerms): boolean =>
        place === "" || symbol === place || quote === place;
      const ours = (deeds: readonly Deed[]): readonly Deed[] =>
        deeds.filter((other) => other.account === deed.account && isOf(other.instrument));
      const today = (deeds: readonly Deed[]): number =>
        ours(deeds).filter((other) => dayOf(other.timeUs) === dayOf(timeUs)).length;
      return {
        limit: (name: RiskLimitName) => this.#tightest(name, deed.account, place),
        open: working.filter(isOf).length,
        orders: today(this.placed) + today(this.canceled),
        trades: today(this.traded),
        times: ours(this.placed).map((other) => other.timeUs),
      };
    });
    const price = BigInt(order.price) * BigInt(instrument.quoteUnitsPerTickLot);
    const notional = price * BigInt(order.quantity);
    const same = this.placed.filter((other) => other.account === deed.account);
    const last = same.filter((other) => isSame(other.order, order)).at(-1)?.timeUs ?? -Infinity;
    type Place = (typeof places)[number];
    const rules: readonly [RejectReason, (place: Place) => boolean][] = [
      [
        RejectReason["trading-restricted"],
        ({ limit }) =>
          limit("restriction") === 0n || (limit("restriction") === 1n && !comes.reduces),
      ],
      [
        RejectReason["order-quantity-above-limit"],
        ({ limit }) => isAbove(BigInt(order.quantity), limit("orderQuantity")),
      ],
      [
        RejectReason["order-notional-above-limit"],
        ({ limit }) => isAbove(notional, limit("orderNotional")),
      ],
      [
        RejectReason["open-orders-above-limit"],
        ({ limit, open }) => isAbove(BigInt(open + 1), limit("openOrders")),
      ],
      [
        RejectReason["position-above-limit"],
        () => isAdding && isAbove(comes.towards, ofSymbol("positionQuantity")),
      ],
      [
        RejectReason["exposure-above-limit"],
        () =>
          isAdding &&
          comes.worst > comes.worstBefore &&
          isAbove(comes.worst * lotValue, ofSymbol("exposure")),
      ],
      [
        RejectReason["daily-loss-above-limit"],
        () => isAdding && isAbove(BigInt(lost) + 1n, ofSymbol("dailyLoss")),
      ],
      [
        RejectReason["short-sale-restricted"],
        ({ limit }) =>
          limit("shortSales") !== undefined &&
          instrument.contract !== undefined &&
          order.side === Side.sell &&
          comes.lots - comes.sells - BigInt(order.quantity) < 0n,
      ],
      [RejectReason["order-rate-above-limit"], (place) => isTooFast(place, timeUs)],
      [
        RejectReason["order-to-trade-above-limit"],
        ({ limit, orders, trades }) => {
          const perTrade = limit("ordersPerTrade");
          const most = (perTrade ?? 0n) * BigInt(trades) + (limit("ordersFree") ?? 0n);
          return perTrade !== undefined && isAbove(BigInt(orders + 1), most);
        },
      ],
      [
        RejectReason["order-repeated"],
        ({ limit }) => timeUs - last < Number(limit("repeatMs") ?? 0n) * 1000,
      ],
      [
        RejectReason["net-exposure-above-limit"],
        () => isAdding && isAbove(comes.towards * lotValue, ofSymbol("netExposure")),
      ],
    ];
    const broken = rules.find(([, breaks]) => places.some(breaks));
    return broken === undefined ? RejectReason.none : broken[0];
  }

  /** Goods are reduced by whoever sells. */
  #mayCome({ side, quantity }: PlaceOrder, deed: Deed, open: readonly Working[]): MayCome {
    const isOf = (other: { readonly instrument: InstrumentTerms }): boolean =>
      other.instrument === deed.instrument;
    const sum = (counts: readonly number[]): bigint =>
      counts.reduce((total, count) => total + BigInt(count), 0n);
    const left = (of: Side): bigint =>
      sum(open.filter((other) => isOf(other) && other.side === of).map((other) => other.left));
    const ours = this.traded.filter((other) => other.account === deed.account && isOf(other));
    const lots = sum(ours.map((other) => other.lots));
    const sides = [lots + left(Side.buy), left(Side.sell) - lots] as const;
    const worstBefore = sides[0] > sides[1] ? sides[0] : sides[1];
    const towards = sides[side === Side.buy ? 0 : 1] + BigInt(quantity);
    const isContract = deed.instrument.contract !== undefined;
    const reduces = isContract ? towards <= 0n : side === Side.sell;
    const sells = left(Side.sell);
    return {
      reduces,
      lots,
      sells,
      towards,
      worstBefore,
      worst: towards > worstBefore ? towards : worstBefore,
    };
  }

  #tightest(name: RiskLimitName, account: AccountId, place: string): bigint | undefined {
    const found = this.#limits
      .filter(({ scope }) => (scope.symbol || scope.quote) === place)
      .filter(({ scope }) => scope.account === "" || scope.account === account)
      .filter(({ scope }) => scope.group === "" || scope.group === this.#groupOf(account))
      .flatMap(({ limits }) => (limits[name] === undefined ? [] : [BigInt(limits[name])]));
    return found.sort((a, b) => (a < b ? -1 : 1))[0];
  }
}

function isAbove(value: bigint, limit: bigint | undefined): boolean {
  return limit !== undefined && value > limit;
}

function dayOf(timeUs: TimeUs): bigint {
  return BigInt(timeUs) / BigInt(usPerDay);
}

function isSame(a: PlaceOrder, b: PlaceOrder): boolean {
  const terms = ["symbol", "side", "orderType", "price", "quantity"] as const;
  return terms.every((term) => a[term] === b[term]);
}

interface Paced {
  readonly limit: (name: RiskLimitName) => bigint | undefined;
  /** Of all orders that were taken. */
  readonly times: readonly TimeUs[];
}

/** Fills the bucket from its beginning on, order by order, in millionths. */
function isTooFast({ limit, times }: Paced, timeUs: TimeUs): boolean {
  const rate = limit("orderRate");
  if (rate === undefined) return false;
  const full = (limit("orderBurst") ?? rate) * 1_000_000n;
  let [credit, before] = [full, BigInt(times[0] ?? timeUs)];
  for (const at of [...times.map(BigInt), BigInt(timeUs)]) {
    const filled = credit + (at - before) * rate;
    credit = (filled > full ? full : filled) - 1_000_000n;
    before = at;
  }
  return credit < 0n;
}
