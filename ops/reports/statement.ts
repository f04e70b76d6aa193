/**
 * A statement: what an account had, all that changed it, and what it has, asset by asset.
 *
 * What the opening balances and the entries come to is held against what the account itself has at
 * the end. Reservations, and moves to another shard, change nothing of what is owned: they are left
 * out unless asked for.
 */
import { add, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId } from "../../protocols/index.ts";
import { momentOf } from "../past/past-place.ts";
import { placeText } from "./fact.ts";
import type { TransferFact } from "./fact.ts";
import { changesOf, LedgerFold } from "./ledger-fold.ts";
import type { Holding } from "./ledger-fold.ts";
import { requireAccount } from "./known-account.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { ReportFault } from "./report-fault.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

export interface StatementOptions {
  readonly account: AccountId;
  /** Whether it tells, too, what changes nothing of what is owned. */
  readonly isWhole: boolean;
}

export class Statement implements Report {
  readonly name = "statement";
  readonly columns = [
    textColumn("time", "log time, in UTC; empty for opening and closing balances"),
    textColumn("entry", "shard, sequence and place within the entry"),
    textColumn("kind", "`opening`, `closing`, or the code of the transfer"),
    textColumn("asset", "its code"),
    numberColumn("amount", "by how much it changed what is owned"),
    numberColumn("balance", "what is owned behind it"),
    numberColumn("available", "of that, what may be used"),
    numberColumn("reserved", "of that, what orders have set aside"),
    numberColumn("withdrawing", "of that, what is set aside to be sent out"),
    numberColumn("margin", "of that, what isolated positions have to themselves"),
    textColumn("trade_id", "of trades, their fees and rebates"),
    textColumn("order_id", "the order on whose account it was"),
    textColumn(
      "reference",
      "of deposits by administrators; transaction and output of those from a chain",
    ),
  ];
  readonly #options: StatementOptions;
  readonly #fold = new LedgerFold();
  /** The opening balances, and all entries on them. */
  readonly #sums = new Map<AssetId, Amount>();
  #entries = 0;
  #units: VenueUnits | undefined;
  #give: GiveRow = () => undefined;

  constructor(options: StatementOptions) {
    this.#options = options;
  }

  begin({ units }: VenueState, give: GiveRow): void {
    this.#units = units;
    this.#give = give;
    for (const [asset, holding] of this.#holdings()) {
      this.#sums.set(asset, holding.total);
      this.#giveBalance("opening", asset, holding);
    }
  }

  transferred(fact: TransferFact): void {
    const { account, isWhole } = this.#options;
    if (fact.debit.owner !== account && fact.credit.owner !== account) return;
    const changes = changesOf(fact).filter(({ owner }) => owner === account);
    if (changes.length === 0) return;
    const holding = this.#fold.holding(account, fact.asset);
    for (const { kind, amount } of changes) holding.change(kind, amount);
    if (this.#units === undefined) return;
    const amount = changes.reduce<Amount>((sum, change) => add(sum, change.amount), 0);
    if (amount === 0 && !isWhole) return;
    this.#sums.set(fact.asset, add(this.#sums.get(fact.asset) ?? 0, amount));
    this.#entries += 1;
    const { place, code, asset, tradeId, orderId, reference } = fact;
    this.#give([
      ...[momentOf(place.timeUs), placeText(place), code, asset],
      ...[this.#units.amount(asset, amount), ...this.#figures(asset, holding)],
      ...[tradeId === 0 ? undefined : String(tradeId), orderId === 0 ? undefined : String(orderId)],
      reference === "" ? undefined : reference,
    ]);
  }

  end({ shards }: VenueState): void {
    const { account } = this.#options;
    const holdings = this.#holdings();
    requireAccount(shards, account, holdings.length > 0);
    for (const [asset, holding] of holdings) {
      const sum = this.#sums.get(asset) ?? 0;
      if (sum !== holding.total) this.#differ(asset, sum, holding.total);
    }
    this.#fold.checkOwner(account, shards);
    for (const [asset, holding] of this.#holdings()) this.#giveBalance("closing", asset, holding);
  }

  summary(): Readonly<Record<string, unknown>> {
    return { account: this.#options.account, entries: this.#entries };
  }

  #holdings(): readonly (readonly [AssetId, Holding])[] {
    const { account } = this.#options;
    const assets = this.#fold.assets(account);
    return assets.map((asset) => [asset, this.#fold.holding(account, asset)] as const);
  }

  #giveBalance(kind: "opening" | "closing", asset: AssetId, holding: Holding): void {
    const figures = this.#figures(asset, holding);
    this.#give(["", "", kind, asset, undefined, ...figures, undefined, undefined, undefined]);
  }

  #figures(asset: AssetId, holding: Holding) {
    const parts = ["available", "reserved", "withdrawing", "margin"].map((kind) =>
      holding.of(kind),
    );
    return [holding.total, ...parts].map((amount) => this.#units?.amount(asset, amount));
  }

  #differ(asset: AssetId, sum: Amount, has: Amount): never {
    const by = String(subtract(has, sum));
    const message = `the ${asset} of account ${this.#options.account} comes to ${sum} units, and it has ${has}, ${by} more`;
    throw new ReportFault("statement-differs", message);
  }
}
