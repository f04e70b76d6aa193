/**
 * What moved on the exchange's own accounts: settlement, clearing, issuance, rebates and fees,
 * shard by shard and asset by asset, by the codes of the transfers.
 *
 * What customers of a shard have, and what is on these accounts, adds up to nothing. Beside that
 * stands what participants gave and were given in the rounds of the period, over all their
 * accounts and shards.
 */
import { add, isReservedAccount, subtract } from "../../protocols/index.ts";
import { dateText } from "../../protocols/api/clearing-translation.ts";
import type { Amount, AssetId, CivilDate, ParticipantId, ShardId } from "../../protocols/index.ts";
import type { Shard } from "../../actors/index.ts";
import type { LedgerParty, SettledFact, TransferFact } from "./fact.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { ReportFault } from "./report-fault.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

interface Flow {
  in: Amount;
  out: Amount;
}

/** One of the exchange's own accounts. */
interface OwnAccount {
  readonly shard: ShardId;
  readonly asset: AssetId;
  /** `fees`, or the kind of the ledger's account. */
  readonly name: string;
  balance: Amount;
  opening: Amount;
  /** In the period, by code. */
  readonly flows: Map<string, Flow>;
}

export class SettlementReport implements Report {
  readonly name = "settlement";
  readonly columns = [
    textColumn("shard", "its number; empty for participants, whose accounts are anywhere"),
    textColumn("asset", "its code"),
    textColumn(
      "ledger",
      "`settlement`, `clearing`, `claims`, `issuance`, `rebates`, `fees`, or another of the exchange; `participant NAME`",
    ),
    textColumn(
      "code",
      "of transfers; `opening` and `closing` for balances; `net DATE` for participants, by settlement date",
    ),
    numberColumn("in", "what came by such transfers"),
    numberColumn("out", "what went"),
    numberColumn(
      "balance",
      "at the beginning, and at the end; of participants, what came less what went",
    ),
  ];
  readonly #accounts = new Map<string, OwnAccount>();
  /** What all customers of a shard have of an asset. */
  readonly #customers = new Map<string, Amount>();
  /** By date, participant and asset. */
  readonly #nets = new Map<string, Net>();
  #isOpen = false;
  #give: GiveRow = () => undefined;

  transferred({ place, asset, amount, code, debit, credit }: TransferFact): void {
    const { shard } = place;
    this.#change({ shard, asset, code, party: debit }, subtract(0, amount));
    this.#change({ shard, asset, code, party: credit }, amount);
  }

  settled({ participant, date, legs }: SettledFact): void {
    if (!this.#isOpen) return;
    for (const { asset, deliver, receive } of legs) {
      const key = `${String(date)} ${participant} ${asset}`;
      const net = this.#nets.get(key) ?? { date, participant, asset, in: 0, out: 0 };
      this.#nets.set(key, { ...net, in: add(net.in, receive), out: add(net.out, deliver) });
    }
  }

  begin(_state: VenueState, give: GiveRow): void {
    this.#isOpen = true;
    this.#give = give;
    for (const account of this.#accounts.values()) account.opening = account.balance;
  }

  end({ shards, units }: VenueState): void {
    for (const shard of shards) this.#check(shard);
    const all = [...this.#accounts].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, account] of all) this.#giveAccount(account, units);
    const nets = [...this.#nets].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, net] of nets) this.#giveNet(net, units);
  }

  #change(
    {
      shard,
      asset,
      code,
      party,
    }: {
      readonly shard: ShardId;
      readonly asset: AssetId;
      readonly code: string;
      readonly party: LedgerParty;
    },
    amount: Amount,
  ): void {
    const name = nameOf(party);
    if (name === undefined) {
      const key = `${shard} ${asset}`;
      this.#customers.set(key, add(this.#customers.get(key) ?? 0, amount));
      return;
    }
    const key = `${shard} ${asset} ${name}`;
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { shard, asset, name, balance: 0, opening: 0, flows: new Map<string, Flow>() };
      this.#accounts.set(key, account);
    }
    account.balance = add(account.balance, amount);
    if (this.#isOpen) flow(account, code, amount);
  }

  /** Against what the shard's own accounts have, and that all adds up to nothing. */
  #check({ shard, ledger, fees }: Shard): void {
    for (const { asset, ...accounts } of ownAccountsOf(ledger)) {
      for (const [name, { balance }] of Object.entries(accounts)) {
        this.#checkAccount({ shard, asset, name }, balance);
      }
    }
    for (const { asset, available } of fees.balances()) {
      this.#checkAccount({ shard, asset, name: "fees" }, available);
    }
    for (const [key, customers] of this.#customers) {
      if (!key.startsWith(`${shard} `)) continue;
      const own = [...this.#accounts.values()].filter(
        (account) => `${account.shard} ${account.asset}` === key,
      );
      const sum = own.reduce<Amount>((all, { balance }) => add(all, balance), customers);
      if (sum !== 0) throw settlementDiffers(`sum of all accounts of ${key}`);
    }
  }

  #checkAccount(
    { shard, asset, name }: Pick<OwnAccount, "shard" | "asset" | "name">,
    balance: Amount,
  ): void {
    const known = this.#accounts.get(`${shard} ${asset} ${name}`)?.balance ?? 0;
    if (known !== balance) throw settlementDiffers(`${asset} of ${name} in shard ${shard}`);
  }

  #giveNet({ date, participant, asset, in: came, out: went }: Net, units: VenueUnits): void {
    const of = ["", asset, `participant ${participant}`, `net ${dateText(date)}`];
    const amount = (value: Amount) => units.amount(asset, value);
    this.#give([...of, amount(came), amount(went), amount(subtract(came, went))]);
  }

  #giveAccount({ shard, asset, name, opening, balance, flows }: OwnAccount, units: VenueUnits) {
    const of = [String(shard), asset, name];
    const amount = (value: Amount) => units.amount(asset, value);
    this.#give([...of, "opening", undefined, undefined, amount(opening)]);
    const all = [...flows].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [code, { in: came, out: went }] of all) {
      this.#give([...of, code, amount(came), amount(went), undefined]);
    }
    this.#give([...of, "closing", undefined, undefined, amount(balance)]);
  }
}

interface Net extends Flow {
  readonly date: CivilDate;
  readonly participant: ParticipantId;
  readonly asset: AssetId;
}

function* ownAccountsOf(ledger: Shard["ledger"]) {
  for (const { asset, ...accounts } of ledger.all()) {
    const { settlement, issuance, rebates, custody, clearing, claims, delivery } = accounts;
    yield { asset, settlement, issuance, rebates, custody, clearing, claims, delivery };
  }
}

/** undefined for customers' accounts. */
function nameOf({ owner, kind }: LedgerParty): string | undefined {
  if (owner === "") return kind;
  return isReservedAccount(owner) ? "fees" : undefined;
}

function flow({ flows }: OwnAccount, code: string, amount: Amount): void {
  let sums = flows.get(code);
  if (sums === undefined) flows.set(code, (sums = { in: 0, out: 0 }));
  if (amount > 0) sums.in = add(sums.in, amount);
  else sums.out = subtract(sums.out, amount);
}

function settlementDiffers(what: string): ReportFault {
  return new ReportFault("ledger-differs", `the ${what} is not what all transfers add up to`);
}
