/**
 * One account's holding of one asset: what it may use, what its working orders have reserved, and
 * what is set aside for withdrawals.
 */
import { add, assert, minimum, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount, SettlementLeg } from "../../protocols/index.ts";
import type { AssetLedger } from "./asset-ledger.ts";
import { LedgerAccount } from "./ledger-account.ts";
import type { TransferCode } from "./ledger-account.ts";

/** What is given and what is received for trades that are settled later. */
type Sides = Pick<SettlementLeg, "deliver" | "receive">;

export class Balance {
  readonly ledger: AssetLedger;
  /** What its owner may use. */
  readonly funds: LedgerAccount;
  readonly #reserved: LedgerAccount;
  /** Opened with the first withdrawal: most have none. */
  #withdrawing: LedgerAccount | undefined;
  /** Likewise with the first position. */
  #variation: LedgerAccount | undefined;
  /** Likewise with the first isolated position. */
  #margin: LedgerAccount | undefined;
  /** While the account is audited: what those of its orders have reserved that were counted. */
  ofOrders: Amount = 0;

  constructor(ledger: AssetLedger, owner: AccountId) {
    this.ledger = ledger;
    this.funds = new LedgerAccount(ledger, "available", owner);
    this.#reserved = new LedgerAccount(ledger, "reserved", owner);
  }

  get available(): Amount {
    return this.funds.balance;
  }

  get reserved(): Amount {
    return this.#reserved.balance;
  }

  get withdrawing(): Amount {
    return this.#withdrawing?.balance ?? 0;
  }

  /** What positions have brought less what they have cost. */
  get variation(): Amount {
    return this.#variation?.balance ?? 0;
  }

  /** What isolated positions have to themselves. */
  get posted(): Amount {
    return this.#margin?.balance ?? 0;
  }

  get total(): Amount {
    const apart = add(add(this.withdrawing, this.variation), this.posted);
    return add(add(this.available, this.reserved), apart);
  }

  /** What was deposited arrives. */
  deposit(amount: Amount): void {
    this.ledger.expect(subtract(0, amount));
    this.ledger.settlement.transfer(this.funds, amount, "deposit");
  }

  /** Sets aside, or gives back when negative. The caller checked the funds. */
  reserve(amount: Amount): void {
    if (amount >= 0) this.funds.transfer(this.#reserved, amount, "reserve");
    else this.#reserved.transfer(this.funds, subtract(0, amount), "release");
  }

  /** What a trade costs, and its fee, out of what was reserved for it; a rebate comes to that. */
  spend(cost: Amount, fee: Amount): void {
    this.#reserved.transfer(this.ledger.settlement, cost, "trade");
    if (fee > 0) this.#reserved.transfer(this.ledger.fees, fee, "fee");
    else if (fee < 0) this.#rebate(this.#reserved, fee);
  }

  /** What a trade brings, its fee taken out of that. */
  receive(proceeds: Amount, fee: Amount): void {
    this.ledger.settlement.transfer(this.funds, proceeds, "trade");
    if (fee > 0) this.funds.transfer(this.ledger.fees, fee, "fee");
    else if (fee < 0) this.#rebate(this.funds, fee);
  }

  /** As {@link spend}, of a trade that is settled later. */
  deliver(cost: Amount, fee: Amount): void {
    this.ledger.touch();
    this.#reserved.transfer(this.ledger.clearing, cost, "trade");
    this.spend(0, fee);
  }

  /** As {@link receive}, of a trade that is settled later. */
  claim(proceeds: Amount, fee: Amount): void {
    this.ledger.touch();
    this.ledger.claims.transfer(this.funds, proceeds, "trade");
    this.receive(0, fee);
  }

  /** As {@link deliver}, of a trade on delivery: it stands there until both sides were given. */
  give(cost: Amount, fee: Amount): void {
    this.#reserved.transfer(this.ledger.delivery, cost, "trade");
    this.spend(0, fee);
  }

  /** Gives what was owed for trades on delivery and not there. The caller checked the funds. */
  cover(units: Amount): void {
    this.funds.transfer(this.ledger.delivery, units, "deliver");
  }

  /** Both sides were given: what was, goes to the other party, and what the other gave comes. */
  exchange({ deliver, receive }: Sides): void {
    const { settlement, delivery } = this.ledger;
    this.ledger.expect(subtract(deliver, receive));
    delivery.transfer(settlement, deliver, "settle");
    settlement.transfer(this.funds, receive, "settle");
  }

  /** Fees and penalties that could not be paid before. The caller checked the funds. */
  pay(dues: Amount, code: "fee" | "penalty"): void {
    this.funds.transfer(this.ledger.fees, dues, code);
  }

  /** What was given and claimed for trades is taken for each other, by way of settlement. */
  settle({ deliver, receive }: Sides): void {
    this.#settle({ deliver, receive }, "settle");
  }

  #settle({ deliver, receive }: Sides, code: "settle" | "departure"): void {
    const { settlement, clearing, claims } = this.ledger;
    this.ledger.expect(subtract(deliver, receive));
    clearing.transfer(settlement, deliver, code);
    settlement.transfer(claims, receive, code);
  }

  #rebate(to: LedgerAccount, fee: Amount): void {
    this.ledger.rebates.transfer(to, subtract(0, fee), "rebate");
  }

  // ---- Withdrawals -------------------------------------------------------------------------

  /** Sets aside what is to be sent out. The caller checked the funds. */
  setAside(amount: Amount): void {
    this.funds.transfer(this.#opened(), amount, "request");
  }

  /** It is not sent after all. */
  giveBack(amount: Amount): void {
    this.#opened().transfer(this.funds, amount, "return");
  }

  /** It has left the venue. */
  payOut(amount: Amount): void {
    this.ledger.expect(amount);
    this.#opened().transfer(this.ledger.settlement, amount, "payout");
  }

  #opened(): LedgerAccount {
    return (this.#withdrawing ??= new LedgerAccount(this.ledger, "withdrawing", this.funds.owner));
  }

  // ---- Positions ---------------------------------------------------------------------------

  /** A trade has positions cost so much more, or less when negative. */
  deal(cost: Amount): void {
    this.#exchange(this.ledger.settlement, this.#positions(), { amount: cost, code: "position" });
  }

  /** Positions give so much that they have brought, or take it when negative. */
  realise(profit: Amount, code: "profit" | "funding"): void {
    this.#exchange(this.funds, this.#positions(), { amount: profit, code });
  }

  /** An isolated position has so much more to itself. The caller checked the funds. */
  post(amount: Amount): void {
    this.funds.transfer(this.#posted(), amount, "post");
  }

  /** It needs so much no more. */
  unpost(amount: Amount): void {
    this.#posted().transfer(this.funds, amount, "release");
  }

  /** As {@link realise}, of an isolated position. */
  realisePosted(profit: Amount, code: "profit" | "funding"): void {
    this.#exchange(this.#posted(), this.#positions(), { amount: profit, code });
  }

  /** As {@link takeCover}, of an isolated position. */
  coverPosted(amount: Amount): void {
    this.ledger.expect(subtract(0, amount));
    this.ledger.settlement.transfer(this.#posted(), amount, "cover");
  }

  /** Somebody else pays so much of a loss. */
  takeCover(amount: Amount): void {
    this.ledger.expect(subtract(0, amount));
    this.ledger.settlement.transfer(this.funds, amount, "cover");
  }

  /** Pays so much of another's loss, as far as there is anything. Returns what there was not. */
  giveCover(amount: Amount): Amount {
    const { settlement, deficit } = this.ledger;
    const paid = minimum(this.available, amount);
    this.ledger.expect(amount);
    this.funds.transfer(settlement, paid, "cover");
    deficit.transfer(settlement, subtract(amount, paid), "cover");
    return subtract(amount, paid);
  }

  /** Pays so much of what funds have lacked before. The caller checked the funds. */
  makeGood(amount: Amount): void {
    this.funds.transfer(this.ledger.deficit, amount, "cover");
  }

  /** A fund is paid for an order that closed something. The caller checked the funds. */
  giveLiquidationFee(amount: Amount): void {
    this.ledger.expect(amount);
    this.funds.transfer(this.ledger.settlement, amount, "liquidation");
  }

  takeLiquidationFee(amount: Amount): void {
    this.ledger.expect(subtract(0, amount));
    this.ledger.settlement.transfer(this.funds, amount, "liquidation");
  }

  /** Takes from the second what it gives to the first, the other way round when negative. */
  #exchange(
    to: LedgerAccount,
    from: LedgerAccount,
    { amount, code }: { readonly amount: Amount; readonly code: TransferCode },
  ): void {
    if (amount >= 0) from.transfer(to, amount, code);
    else to.transfer(from, subtract(0, amount), code);
  }

  #positions(): LedgerAccount {
    return (this.#variation ??= new LedgerAccount(this.ledger, "variation", this.funds.owner));
  }

  #posted(): LedgerAccount {
    return (this.#margin ??= new LedgerAccount(this.ledger, "margin", this.funds.owner));
  }

  // ---- Moves -------------------------------------------------------------------------------

  /** Comes with what its owner's positions have cost. */
  arriveVariation(cost: Amount): void {
    const { settlement } = this.ledger;
    this.ledger.expect(cost);
    this.#exchange(settlement, this.#positions(), { amount: cost, code: "arrival" });
  }

  /** Comes with what an isolated position has to itself. */
  arrivePosted(amount: Amount): void {
    this.ledger.expect(subtract(0, amount));
    this.ledger.settlement.transfer(this.#posted(), amount, "arrival");
  }

  /** Goes to another shard with all there is. */
  depart(): void {
    const { settlement } = this.ledger;
    this.ledger.expect(this.total);
    this.funds.transfer(settlement, this.available, "departure");
    this.#reserved.transfer(settlement, this.reserved, "departure");
    this.#withdrawing?.transfer(settlement, this.withdrawing, "departure");
    this.#margin?.transfer(settlement, this.posted, "departure");
    if (this.#variation === undefined) return;
    const [amount, code] = [this.variation, "departure"] as const;
    this.#exchange(settlement, this.#variation, { amount, code });
  }

  /** Goes with what its owner owes and is owed for trades. */
  departObligations(sides: Sides): void {
    this.#settle(sides, "departure");
  }

  departGiven(units: Amount): void {
    this.ledger.expect(units);
    this.ledger.delivery.transfer(this.ledger.settlement, units, "departure");
  }

  arriveGiven(units: Amount): void {
    this.ledger.expect(subtract(0, units));
    this.ledger.settlement.transfer(this.ledger.delivery, units, "arrival");
  }

  arriveObligations({ deliver, receive }: Sides): void {
    const { settlement, clearing, claims } = this.ledger;
    this.ledger.expect(subtract(receive, deliver));
    settlement.transfer(clearing, deliver, "arrival");
    claims.transfer(settlement, receive, "arrival");
  }

  /** Comes from another shard, or out of a snapshot. */
  arrive(available: Amount, reserved: Amount, withdrawing: Amount = 0): void {
    assert(this.total === 0, "what arrives was here before");
    const { settlement } = this.ledger;
    this.ledger.expect(subtract(0, add(add(available, reserved), withdrawing)));
    settlement.transfer(this.funds, available, "arrival");
    settlement.transfer(this.#reserved, reserved, "arrival");
    if (withdrawing > 0) settlement.transfer(this.#opened(), withdrawing, "arrival");
  }
}
