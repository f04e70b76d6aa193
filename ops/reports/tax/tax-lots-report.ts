/**
 * Tax lots of an account: what of which lots was disposed of in a period and what came of that,
 * and the lots that are left at its end.
 *
 * Purchases open lots that cost what was paid with the fee; sales close them and bring what was
 * received without it. What comes in any other way opens a lot whose cost only its owner can know;
 * what goes in any other way closes lots, and brings nothing.
 */
import { add, amountOf, Side, subtract } from "../../../protocols/index.ts";
import type { AccountId, Amount, AssetId, TimeUs } from "../../../protocols/index.ts";
import { momentOf } from "../../past/past-place.ts";
import { placeText } from "../fact.ts";
import type { FillFact, TransferFact } from "../fact.ts";
import { requireAccount } from "../known-account.ts";
import { changesOf, LedgerFold } from "../ledger-fold.ts";
import type { GiveRow, Report, VenueState } from "../report.ts";
import { ReportFault } from "../report-fault.ts";
import { numberColumn, textColumn } from "../table.ts";
import type { Row } from "../table.ts";
import type { VenueUnits } from "../venue-units.ts";
import { AssetLots } from "./asset-lots.ts";
import type { Departure } from "./asset-lots.ts";
import type { HoldingPeriod } from "./holding-term.ts";
import { termOf } from "./holding-term.ts";
import type { Lot } from "./lot.ts";
import type { ClosedPart } from "./lot-book.ts";
import type { LotBasis, LotChoice } from "./lot-files.ts";
import type { LotMethods } from "./lot-methods.ts";

export interface TaxLotsOptions {
  readonly account: AccountId;
  /** undefined for all that it has traded. */
  readonly asset: AssetId | undefined;
  readonly methods: LotMethods;
  readonly choices: readonly LotChoice[];
  readonly bases: readonly LotBasis[];
  /** What lots cost of which nobody has said it; undefined for unknown. */
  readonly unknownCost: bigint | undefined;
  readonly longAfter: HoldingPeriod;
}

/** Of one asset, in the period. */
interface Sums {
  quantity: bigint;
  proceeds: bigint;
  cost: bigint;
  shortGain: bigint;
  longGain: bigint;
  /** Parts that were sold and of which nobody knows the cost. */
  unknown: number;
}

interface Told {
  readonly lots: AssetLots;
  readonly rows: Row[];
  readonly sums: Sums;
}

/** Both sides of trades are known from fills. */
const codesOfTrades: readonly string[] = ["trade", "fee", "rebate"];

export class TaxLotsReport implements Report {
  readonly name = "tax-lots";
  readonly columns = [
    textColumn("kind", "`sale`, the code of another departure, or `open` for what is left"),
    textColumn("asset", "its code"),
    textColumn("lot", "`trade/` and the trade's number, or the code and the place of its arrival"),
    textColumn("acquired", "in UTC"),
    textColumn("disposal", "`trade/` and the trade's number, or code and place"),
    textColumn("disposed", "in UTC"),
    numberColumn("quantity", "of the asset"),
    numberColumn("proceeds", "currency: what it brought, less its fee"),
    numberColumn("cost", "currency: what it cost, with its fee; empty where nobody has said"),
    numberColumn("gain", "currency: proceeds less cost"),
    textColumn("term", "`short` or `long`, by how long it was held"),
    textColumn("method", "by which the lot was chosen"),
    textColumn("currency", "the quote asset"),
  ];
  readonly #options: TaxLotsOptions;
  readonly #fold = new LedgerFold();
  readonly #told = new Map<AssetId, Told>();
  readonly #bases: ReadonlyMap<string, LotBasis>;
  readonly #choices: ReadonlyMap<string, readonly LotChoice[]>;
  readonly #usedBases = new Set<string>();
  readonly #usedChoices = new Set<string>();
  #units: VenueUnits | undefined;
  #isOpen = false;
  #give: GiveRow = () => undefined;

  constructor(options: TaxLotsOptions) {
    this.#options = options;
    this.#bases = new Map(options.bases.map((basis) => [basis.lot, basis]));
    this.#choices = Map.groupBy(options.choices, ({ disposal }) => disposal);
  }

  open({ units }: VenueState): void {
    this.#units = units;
  }

  begin(_state: VenueState, give: GiveRow): void {
    this.#isOpen = true;
    this.#give = give;
  }

  transferred(fact: TransferFact): void {
    const { account } = this.#options;
    const changes = changesOf(fact).filter(({ owner }) => owner === account);
    if (changes.length === 0) return;
    const { asset, code, place, reference, tradeId } = fact;
    const holding = this.#fold.holding(account, asset);
    for (const { kind, amount } of changes) holding.change(kind, amount);
    const amount = changes.reduce<Amount>((sum, change) => add(sum, change.amount), 0);
    if (amount === 0 || tradeId !== 0 || codesOfTrades.includes(code)) return;
    const name = `${code}/${placeText(place)}`;
    const of = { name, timeUs: place.timeUs };
    const told = this.#of(asset);
    if (amount > 0) {
      const basis = this.#basisOf(name, reference);
      const cost = this.#options.unknownCost;
      told.lots.arrive({ ...of, quantity: BigInt(amount), cost }, basis);
    } else {
      this.#leave(told, code, { ...of, quantity: -BigInt(amount), proceeds: undefined });
    }
  }

  filled({ account, terms, place, side, quantity, notional, fee, tradeId }: FillFact): void {
    if (account !== this.#options.account) return;
    if (terms.contract !== undefined) {
      this.#of(terms.quote).lots.trouble = `${terms.quote} is what ${terms.symbol} is paid in`;
      return;
    }
    const told = this.#of(terms.base);
    told.lots.isTraded = true;
    told.lots.countIn(terms.quote);
    const money = this.#of(terms.quote).lots;
    money.trouble = `${terms.quote} was paid with, for ${terms.base}`;
    const of = { name: `trade/${tradeId}`, timeUs: place.timeUs };
    const units = BigInt(quantity) * BigInt(terms.baseUnitsPerLot);
    if (side === Side.buy) {
      const cost = BigInt(add(notional, fee));
      if (told.lots.trouble === "") told.lots.arrive({ ...of, quantity: units, cost }, undefined);
    } else {
      const proceeds = BigInt(subtract(notional, fee));
      this.#leave(told, "sale", { ...of, quantity: units, proceeds });
    }
  }

  end({ shards, units }: VenueState): void {
    const { account, asset } = this.#options;
    this.#fold.checkOwner(account, shards);
    requireAccount(shards, account, this.#told.size > 0);
    if (asset !== undefined) this.#requireTold(asset);
    this.#checkFiles();
    for (const { lots, rows } of this.#chosen()) {
      for (const row of rows) this.#give(row);
      this.#checkHolding(lots);
      for (const lot of lots.book.open()) this.#give(openRow(lots, lot, units));
    }
  }

  summary(): Readonly<Record<string, unknown>> {
    const { account } = this.#options;
    const assets = this.#chosen().map((told) => this.#sumsOf(told));
    return { account, assets, notTold: this.#notTold() };
  }

  notes(): readonly string[] {
    const told = this.#chosen().map(({ lots: { asset, currency }, sums }) => {
      const money = (amount: bigint) => moneyCell(currency, amount, this.#units)?.text ?? "0";
      const gains = `${money(sums.shortGain)} short-term, ${money(sums.longGain)} long-term`;
      const { unknown } = sums;
      const but = unknown === 0 ? "" : `, and ${unknown} sold of which the cost is unknown`;
      return `${asset}: gains in ${currency ?? ""} ${gains}${but}`;
    });
    const notTold = this.#notTold().map(({ asset, why }) => `nothing is told of ${asset}: ${why}`);
    return [...told, ...notTold];
  }

  #notTold(): readonly { readonly asset: AssetId; readonly why: string }[] {
    return [...this.#told.values()]
      .filter(({ lots }) => lots.isTraded && lots.trouble !== "")
      .map(({ lots }) => ({ asset: lots.asset, why: lots.trouble }));
  }

  /** Those that are told of, by their names. */
  #chosen(): readonly Told[] {
    return [...this.#told.values()]
      .filter(({ lots }) => lots.isTraded && lots.trouble === "")
      .filter(({ lots }) => (this.#options.asset ?? lots.asset) === lots.asset)
      .sort((a, b) => (a.lots.asset < b.lots.asset ? -1 : 1));
  }

  #of(asset: AssetId): Told {
    let told = this.#told.get(asset);
    if (told === undefined) {
      if (this.#units === undefined) throw new Error("facts are told before reading begins");
      const sums = { quantity: 0n, proceeds: 0n, cost: 0n, shortGain: 0n, longGain: 0n };
      told = { lots: new AssetLots(asset, this.#units), rows: [], sums: { ...sums, unknown: 0 } };
      this.#told.set(asset, told);
    }
    return told;
  }

  #basisOf(name: string, reference: string): LotBasis | undefined {
    const basis = this.#bases.get(name) ?? this.#bases.get(reference);
    if (basis !== undefined) this.#usedBases.add(basis.lot);
    return basis;
  }

  #leave(told: Told, kind: string, gone: Omit<Departure, "method" | "choices">): void {
    const { lots } = told;
    if (lots.trouble !== "") return;
    const { name, timeUs } = gone;
    const method = this.#options.methods.at(timeUs);
    const choices = this.#choices.get(name) ?? [];
    if (choices.length > 0) this.#usedChoices.add(name);
    for (const part of lots.leave({ ...gone, method, choices })) {
      if (!this.#isOpen) continue;
      const { acquiredUs } = part.lot.acquisition;
      const term = termOf({ acquiredUs, disposedUs: timeUs }, this.#options.longAfter);
      if (kind === "sale") count(told.sums, part, term);
      const isNamed = choices.some(({ lot }) => lot === part.lot.acquisition.name);
      const by = method === "specific" && !isNamed ? "fifo" : method;
      told.rows.push(this.#closedRow(lots, part, { kind, name, timeUs, term, by }));
    }
  }

  #closedRow(
    { asset, currency }: AssetLots,
    { lot, quantity, cost, proceeds }: ClosedPart,
    of: Readonly<Record<"kind" | "name" | "term" | "by", string>> & { readonly timeUs: TimeUs },
  ): Row {
    const gain = cost === undefined || proceeds === undefined ? undefined : proceeds - cost;
    const { name, acquiredUs } = lot.acquisition;
    return [
      ...[of.kind, asset, name, momentOf(acquiredUs), of.name, momentOf(of.timeUs)],
      this.#units?.amount(asset, amountOf(quantity)),
      ...[proceeds, cost, gain].map((amount) => moneyCell(currency, amount, this.#units)),
      ...[of.term, of.by, currency ?? ""],
    ];
  }

  #checkFiles(): void {
    for (const { lots } of this.#told.values()) lots.checkChoices();
    for (const { disposal, where } of this.#options.choices) {
      if (this.#usedChoices.has(disposal)) continue;
      throw new ReportFault("disposal-unknown", `${where}: there is no disposal ${disposal}`);
    }
    for (const { lot, where } of this.#options.bases) {
      if (this.#usedBases.has(lot)) continue;
      throw new ReportFault("arrival-unknown", `${where}: nothing has arrived as ${lot}`);
    }
  }

  #requireTold(asset: AssetId): void {
    const told = this.#told.get(asset);
    if (told?.lots.isTraded !== true) {
      const message = `account ${this.#options.account} has not traded ${asset}`;
      throw new ReportFault("asset-unknown", message);
    }
    if (told.lots.trouble === "") return;
    const message = `${told.lots.trouble}: its gains need prices that the exchange does not know`;
    throw new ReportFault("several-currencies", message);
  }

  /** What is left of all lots is what the account has. */
  #checkHolding({ asset, book }: AssetLots): void {
    const left = book.open().reduce((sum, { quantity }) => sum + quantity, 0n);
    const { total } = this.#fold.holding(this.#options.account, asset);
    if (left === BigInt(total)) return;
    const message = `lots of ${left} units of ${asset} are left, and the account has ${total}`;
    throw new ReportFault("lots-differ", message);
  }

  #sumsOf({ lots, sums }: Told): Readonly<Record<string, unknown>> {
    const { asset, currency } = lots;
    const money = (amount: bigint) => moneyCell(currency, amount, this.#units);
    return {
      ...{ asset, currency, sold: this.#units?.amount(asset, amountOf(sums.quantity)) },
      ...{ proceeds: money(sums.proceeds), cost: money(sums.cost) },
      ...{ shortGain: money(sums.shortGain), longGain: money(sums.longGain) },
      partsOfUnknownCost: sums.unknown,
    };
  }
}

function openRow({ asset, currency }: AssetLots, lot: Lot, units: VenueUnits): Row {
  const { name, acquiredUs } = lot.acquisition;
  return [
    ...["open", asset, name, momentOf(acquiredUs), undefined, undefined],
    ...[units.amount(asset, amountOf(lot.quantity)), undefined],
    ...[moneyCell(currency, lot.cost, units), undefined, undefined, undefined, currency ?? ""],
  ];
}

function count(sums: Sums, { quantity, proceeds, cost }: ClosedPart, term: "long" | "short"): void {
  sums.quantity += quantity;
  sums.proceeds += proceeds ?? 0n;
  if (cost === undefined || proceeds === undefined) {
    sums.unknown += 1;
    return;
  }
  sums.cost += cost;
  if (term === "long") sums.longGain += proceeds - cost;
  else sums.shortGain += proceeds - cost;
}

function moneyCell(
  currency: AssetId | undefined,
  amount: bigint | undefined,
  units: VenueUnits | undefined,
) {
  if (currency === undefined || amount === undefined) return undefined;
  return units?.amount(currency, amountOf(amount));
}
