/**
 * What accounts paid for trading and were given for it: by day, account, instrument, and the
 * schedule and tier under which the order was placed.
 *
 * All of it is held against what the ledger took as fees and gave as rebates, and both against the
 * accounts that they stand on.
 */
import { add, isReservedAccount, Liquidity, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId, FeesView, OrderId } from "../../protocols/index.ts";
import { liquidityWords, wordOf } from "../../protocols/api/words.ts";
import { dayOf } from "./civil-day.ts";
import type { FillFact, OrderFact, PlacingFact, TransferFact } from "./fact.ts";
import { requireAccount } from "./known-account.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { ReportFault } from "./report-fault.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

/** What an order was placed under. */
type Rates = Pick<FeesView, "makerPpm" | "takerPpm" | "schedule" | "isOwn" | "tier">;

/** Of one day, account, instrument, terms and liquidity. */
interface FeeSum {
  readonly first: FillFact;
  readonly rates: Rates | undefined;
  fills: number;
  notional: Amount;
  fees: Amount;
  rebates: Amount;
}

/** By asset. */
class Totals {
  readonly #totals = new Map<AssetId, Amount>();

  of(asset: AssetId): Amount {
    return this.#totals.get(asset) ?? 0;
  }

  add(asset: AssetId, amount: Amount): void {
    this.#totals.set(asset, add(this.of(asset), amount));
  }

  all(): readonly (readonly [AssetId, Amount])[] {
    return [...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

export class FeesReport implements Report {
  readonly name = "fees";
  readonly columns = [
    textColumn("day", "of log time, in UTC"),
    textColumn("account", "whose"),
    textColumn("symbol", "the instrument"),
    textColumn("schedule", "that the order was placed under; `own` for the account's own rates"),
    textColumn("tier", "of the schedule, from 0"),
    textColumn("liquidity", "`maker`, `taker`, `auction` or `transfer`"),
    numberColumn("rate_ppm", "millionths of the notional for that liquidity, but for minimums"),
    numberColumn("fills", "how many"),
    numberColumn("notional", "quote"),
    numberColumn("fees", "quote"),
    numberColumn("rebates", "quote"),
    textColumn("currency", "the quote asset"),
  ];
  readonly #account: AccountId | undefined;
  /** Of orders that are not over. */
  readonly #rates = new Map<OrderId, Rates>();
  #sums = new Map<string, FeeSum>();
  #day = "";
  /** By fills and by the ledger: of everybody, from the first entry on. */
  readonly #charged = new Totals();
  readonly #given = new Totals();
  readonly #taken = new Totals();
  readonly #spent = new Totals();
  /** What fee accounts have. */
  readonly #earned = new Map<AccountId, Totals>();
  /** Of the period, and of whom the report is. */
  readonly #fees = new Totals();
  readonly #rebates = new Totals();
  #fills = 0;
  #units: VenueUnits | undefined;
  #give: GiveRow = () => undefined;

  /** @param account undefined for everybody's. */
  constructor(account: AccountId | undefined) {
    this.#account = account;
  }

  placed({ account, symbol, orderId, side, shard }: PlacingFact): void {
    if (this.#rates.has(orderId) || (this.#account ?? account) !== account) return;
    const asked = { account, symbol, side, price: 1, quantity: 1 };
    const trading = { venue: shard.directory, timeUs: shard.timeUs };
    const view = shard.account(account)?.feesFor(asked, trading);
    if (view === undefined) return;
    const { makerPpm, takerPpm, schedule, isOwn, tier } = view;
    this.#rates.set(orderId, { makerPpm, takerPpm, schedule, isOwn, tier });
  }

  filled(fill: FillFact): void {
    const { account, terms, fee } = fill;
    const { quote } = terms;
    (fee > 0 ? this.#charged : this.#given).add(quote, fee);
    if (this.#units === undefined || (this.#account ?? account) !== account) return;
    this.#fills += 1;
    (fee > 0 ? this.#fees : this.#rebates).add(quote, fee);
    const day = dayOf(fill.place.timeUs);
    // What followed from something is not earlier than that, whatever its server's clock said.
    if (day > this.#day) this.#turn(day);
    this.#count(fill);
  }

  reported({ orderId, isOver }: OrderFact): void {
    if (isOver) this.#rates.delete(orderId);
  }

  transferred({ code, asset, amount, debit, credit }: TransferFact): void {
    if (code === "fee") this.#taken.add(asset, amount);
    if (code === "rebate") this.#spent.add(asset, subtract(0, amount));
    this.#earn(debit.owner, asset, subtract(0, amount));
    this.#earn(credit.owner, asset, amount);
  }

  begin({ units }: VenueState, give: GiveRow): void {
    this.#units = units;
    this.#give = give;
  }

  end({ shards }: VenueState): void {
    requireAccount(shards, this.#account, this.#fills > 0);
    this.#turn(this.#day);
    this.#compare(this.#charged, this.#taken, "fees of all fills and of the ledger");
    this.#compare(this.#given, this.#spent, "rebates of all fills and of the ledger");
    for (const { fees } of shards) {
      const earned = this.#earned.get(fees.id) ?? new Totals();
      for (const { asset, available, reserved } of fees.balances()) {
        const has = add(available, reserved);
        if (earned.of(asset) !== has) throw feesDiffer(asset, `what ${fees.id} has and was given`);
      }
    }
  }

  summary(): Readonly<Record<string, unknown>> {
    const amountsOf = (totals: Totals): object =>
      Object.fromEntries(
        totals.all().map(([asset, amount]) => [asset, this.#units?.amount(asset, amount)]),
      );
    return {
      ...{ account: this.#account ?? null },
      ...{ fees: amountsOf(this.#fees), rebates: amountsOf(this.#rebates) },
    };
  }

  notes(): readonly string[] {
    const text = (totals: Totals): string => {
      const all = totals
        .all()
        .map(([asset, of]) => `${this.#units?.amount(asset, of).text} ${asset}`);
      return all.length === 0 ? "none" : all.join(", ");
    };
    return [`fees ${text(this.#fees)}`, `rebates ${text(this.#rebates)}`];
  }

  #earn(owner: AccountId, asset: AssetId, amount: Amount): void {
    if (!isReservedAccount(owner)) return;
    let totals = this.#earned.get(owner);
    if (totals === undefined) this.#earned.set(owner, (totals = new Totals()));
    totals.add(asset, amount);
  }

  #count(fill: FillFact): void {
    const { account, terms, orderId, liquidity, notional, fee } = fill;
    const rates = this.#rates.get(orderId);
    const { schedule = "", isOwn = false, tier = 0, makerPpm = 0, takerPpm = 0 } = rates ?? {};
    const key = [account, terms.symbol, schedule, isOwn, tier, makerPpm, takerPpm, liquidity];
    const name = key.join(" ");
    let sum = this.#sums.get(name);
    if (sum === undefined) {
      sum = { first: fill, rates, fills: 0, notional: 0, fees: 0, rebates: 0 };
      this.#sums.set(name, sum);
    }
    sum.fills += 1;
    sum.notional = add(sum.notional, notional);
    if (fee > 0) sum.fees = add(sum.fees, fee);
    else sum.rebates = subtract(sum.rebates, fee);
  }

  /** The day is over. */
  #turn(next: string): void {
    const sums = [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, sum] of sums) this.#giveSum(sum);
    this.#sums = new Map();
    this.#day = next;
  }

  #giveSum({ first, rates, fills, notional, fees, rebates }: FeeSum): void {
    const { terms } = first;
    const { liquidity } = first;
    const word = wordOf(liquidityWords, liquidity);
    const amounts = [notional, fees, rebates].map((of) => this.#units?.amount(terms.quote, of));
    this.#give([
      ...[this.#day, first.account, terms.symbol, scheduleOf(rates), tierOf(rates), word],
      ...[ratePpmOf(rates, liquidity), fills, ...amounts, terms.quote],
    ]);
  }

  #compare(one: Totals, other: Totals, which: string): void {
    for (const [asset] of [...one.all(), ...other.all()]) {
      if (one.of(asset) !== other.of(asset)) throw feesDiffer(asset, which);
    }
  }
}

/** An auction's fills pay what makers do, and are given nothing; transfers cost nothing. */
function ratePpmOf(rates: Rates | undefined, liquidity: FillFact["liquidity"]): number | undefined {
  switch (liquidity) {
    case Liquidity.taker:
      return rates?.takerPpm;
    case Liquidity.maker:
      return rates?.makerPpm;
    case Liquidity.auction:
      return rates && Math.max(rates.makerPpm, 0);
    default:
      return 0;
  }
}

function scheduleOf(rates: Rates | undefined): string {
  return rates?.isOwn === true ? "own" : (rates?.schedule ?? "");
}

function tierOf(rates: Rates | undefined): string {
  const isTiered = rates !== undefined && !rates.isOwn && rates.schedule !== "";
  return isTiered ? String(rates.tier) : "";
}

function feesDiffer(asset: AssetId, which: string): ReportFault {
  return new ReportFault("fees-differ", `the ${asset} of ${which} differ`);
}
