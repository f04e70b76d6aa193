/**
 * Goal: what an account is said to have lost on a day is what its history of that day comes to.
 *
 * Method: random trades in two instruments of one quote asset and in a perpetual on one of them,
 * deposits of what is traded, and time that passes, also over fundings and midnight. A slow
 * reference keeps every deed of the day with the price that was known then, and adds all of them up
 * anew each time.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { OrderType, plainInstructions, Side, TimeInForce } from "../../protocols/index.ts";
import type { AccountId, InstrumentTerms, Ticks } from "../../protocols/index.ts";
import { logDayOf } from "../risk/log-day.ts";
import { applePerpetual } from "../testing/contracts.ts";
import { tradingTermsIn } from "../testing/instrument-words.ts";
import { apples, pears } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { TestVenue } from "../testing/test-venue.ts";

const goods = [apples, pears].map((terms) => ({
  ...{ ...terms, baseUnitsPerLot: 3, takerFeeBasisPoints: 70 },
  trading: tradingTermsIn("reference 50"),
}));
const perpetual = {
  ...{ ...applePerpetual, baseUnitsPerLot: 3, takerFeeBasisPoints: 70, makerFeeBasisPoints: 20 },
};
const traded: readonly InstrumentTerms[] = [...goods, perpetual];
const accounts = ["alice", "bob", "carol"] as const;
const hourUs = 3_600_000_000;

/** Lots that came, and quote units that it took: below zero for what went and was brought in. */
interface Deed {
  readonly lots: bigint;
  readonly paid: bigint;
}

class DayReference {
  readonly #venue: TestVenue;
  readonly #deeds = new Map<string, Deed[]>();
  fundings = 0;
  #prices: ReadonlyMap<string, Ticks>;
  #day: number;
  #told: number;

  constructor(venue: TestVenue) {
    this.#venue = venue;
    this.#prices = this.#pricesNow();
    this.#day = logDayOf(venue.timeUs);
    this.#told = venue.events.length;
    for (const account of accounts) {
      for (const terms of traded) this.#deedsOf(account, terms).push(this.#have(account, terms));
    }
  }

  #pricesNow(): ReadonlyMap<string, Ticks> {
    const { directory } = this.#venue.first;
    const priceOf = ({ symbol, contract }: InstrumentTerms): Ticks =>
      (contract === undefined
        ? directory.lastPriceOf(symbol)
        : directory.contractOf(symbol)?.markPrice) ?? 0;
    return new Map(traded.map((terms) => [terms.symbol, priceOf(terms)]));
  }

  #worth(lots: bigint, { symbol, quoteUnitsPerTickLot }: InstrumentTerms): bigint {
    return lots * BigInt(this.#prices.get(symbol) ?? 0) * BigInt(quoteUnitsPerTickLot);
  }

  /** All that there is, as if it had been bought just now. */
  #have(account: AccountId, terms: InstrumentTerms): Deed {
    const lots = this.#lotsOf(account, terms);
    return { lots, paid: this.#worth(lots, terms) };
  }

  #lotsOf(account: AccountId, { symbol, base, baseUnitsPerLot }: InstrumentTerms): bigint {
    if (symbol === perpetual.symbol) {
      const positions = this.#venue.first.answer("positions", { account }) ?? [];
      return BigInt(positions.find((known) => known.symbol === symbol)?.lots ?? 0);
    }
    const balances = this.#venue.first.account(account)?.balances() ?? [];
    const { available = 0, reserved = 0 } = balances.find(({ asset }) => asset === base) ?? {};
    return (BigInt(available) + BigInt(reserved)) / BigInt(baseUnitsPerLot);
  }

  #deedsOf(account: AccountId, { symbol }: InstrumentTerms): Deed[] {
    const key = `${account} ${symbol}`;
    const deeds = this.#deeds.get(key) ?? [];
    this.#deeds.set(key, deeds);
    return deeds;
  }

  /** Something has just happened: whatever came without a trade came at the price before it. */
  see(): void {
    this.#turnDay();
    for (const event of this.#venue.events.slice(this.#told)) {
      if (event.kind === "funding-paid") {
        this.#deedsOf(event.account, perpetual).push({ lots: 0n, paid: BigInt(event.amount) });
        this.fundings += 1;
      }
      if (event.kind !== "execution-report" || event.tradeId === 0) continue;
      const terms = traded.find(({ symbol }) => symbol === event.symbol)!;
      const [lots, fee] = [BigInt(event.lastQuantity), BigInt(event.fee)];
      const value = lots * BigInt(event.lastPrice) * BigInt(terms.quoteUnitsPerTickLot);
      const isBuy = event.side === Side.buy;
      const deed = isBuy ? { lots, paid: value + fee } : { lots: -lots, paid: fee - value };
      this.#deedsOf(event.account, terms).push(deed);
    }
    this.#told = this.#venue.events.length;
    for (const account of accounts) {
      for (const terms of traded) this.#seeWhatCame(account, terms);
    }
    this.#prices = this.#pricesNow();
  }

  #seeWhatCame(account: AccountId, terms: InstrumentTerms): void {
    const deeds = this.#deedsOf(account, terms);
    const known = deeds.reduce((sum, { lots }) => sum + lots, 0n);
    const came = this.#lotsOf(account, terms) - known;
    // Lots of a contract come by trades alone.
    if (terms === perpetual) expect(came).toBe(0n);
    if (came !== 0n) deeds.push({ lots: came, paid: this.#worth(came, terms) });
  }

  /** The new day begins with what there was, at the price that was known before it. */
  #turnDay(): void {
    const day = logDayOf(this.#venue.timeUs);
    if (day === this.#day) return;
    this.#day = day;
    for (const account of accounts) {
      for (const terms of traded) {
        const deeds = this.#deedsOf(account, terms);
        const lots = deeds.reduce((sum, deed) => sum + deed.lots, 0n);
        deeds.splice(0, deeds.length, { lots, paid: this.#worth(lots, terms) });
      }
    }
  }

  lossOf(account: AccountId): bigint {
    let loss = 0n;
    for (const terms of traded) {
      for (const { lots, paid } of this.#deedsOf(account, terms)) {
        loss += paid - this.#worth(lots, terms);
      }
    }
    return loss;
  }
}

let named = 0;
function place(venue: TestVenue, random: Random, account: AccountId, price: Ticks): void {
  named += 1;
  venue.ask({
    ...{ kind: "place-order", account, clientOrderId: `o-${String(named)}` },
    ...{ symbol: random.pick(traded).symbol, side: random.pick([Side.buy, Side.sell]) },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price },
    ...{ quantity: 1 + random.below(9), instructions: plainInstructions },
  });
}

/** A venue where everybody has placed since the limit was set, and all prices are known. */
function openVenue(random: Random): TestVenue {
  const venue = new TestVenue(1).list(...goods).open("fund", { COIN: 1_000_000 });
  venue.list(perpetual);
  for (const account of accounts) {
    venue.open(account, { APPLE: 100_000, PEAR: 100_000, COIN: 1_000_000 });
    const terms = { account, isMargin: true, author: "ops", reason: "test" };
    venue.do({ kind: "set-margin-account", ...terms });
  }
  const scope = { account: "", group: "", quote: "COIN", symbol: "" };
  const why = { author: "ops", reason: "test" };
  venue.do({ kind: "set-risk-limits", scope, limits: { dailyLoss: 10 ** 12 }, ...why });
  for (const { symbol } of goods) {
    const sold = { orderType: OrderType.limit, timeInForce: TimeInForce.GTC, side: Side.sell };
    const order = { price: 50, quantity: 1, instructions: plainInstructions, symbol, ...sold };
    for (const account of accounts) {
      venue.do({ kind: "place-order", account, clientOrderId: `s-${symbol}`, ...order });
    }
  }
  place(venue, random, "alice", 1);
  return venue;
}

it("is what the deeds of the day come to, whatever came and went, on any day", () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 });
  let [losses, days, fundings] = [0, 0, 0];
  const property = fc.property(seeds, (seed) => {
    const random = new Random(seed);
    const venue = openVenue(random);
    const reference = new DayReference(venue);
    for (let step = 0; step < 120; step++) {
      venue.timeUs += random.isOneOf(8) ? random.below(20) * hourUs : random.below(1_500_000);
      const account = random.pick(accounts);
      if (random.isOneOf(12))
        venue.fund(account, random.pick(["APPLE", "PEAR"]), 1 + random.below(900));
      else place(venue, random, account, 40 + random.below(21));
      reference.see();
      for (const each of accounts) {
        const [use] = venue.first.answer("risk", { account: each })?.uses ?? [];
        const expected = reference.lossOf(each);
        expect(BigInt(use?.lossOfDay ?? -1)).toBe(expected);
        if (expected > 0n) losses += 1;
      }
    }
    fundings += reference.fundings;
    days += logDayOf(venue.timeUs) - logDayOf(1_700_000_000_000_000);
  });
  fc.assert(property, { numRuns: 20 * Number(process.env["FUZZ_SCALE"] ?? 1) });
  expect([losses > 1000, days > 20, fundings > 100]).toEqual([true, true, true]);
});
