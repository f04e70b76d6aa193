/**
 * The audit of one shard: looks at every step as it ends, at one account or price level after the
 * other in turn, and at everything when the whole state is hashed.
 *
 * It reads and changes nothing, and what it remembers is its own: where its turn has come to is in
 * no snapshot. The list of what it holds the shard to is in protocols/invariants.ts.
 */
import { add, areInvariantsHeld, hold, invariant } from "../../protocols/index.ts";
import type {
  FrameHeader,
  InstrumentSymbol,
  Placement,
  ProducerId,
} from "../../protocols/index.ts";
import type { Account } from "../account/account.ts";
import type { Venue } from "../actor.ts";
import type { Book } from "../book/book.ts";
import type { OrderInBook } from "../book/matching-desk.ts";
import type { Governor } from "../governor/governor.ts";
import type { ShardLedger } from "../ledger/asset-ledger.ts";
import { RecentMap } from "../recent-map.ts";
import type { Step } from "./step.ts";

const framesInTurn = invariant("frames-in-turn");
const outboundInTurn = invariant("outbound-frames-in-turn");
const ledgerAddsUp = invariant("ledger-adds-up");
const supplyIsIssued = invariant("supply-is-issued");
const custodyIsHeld = invariant("custody-is-held");
const clearingHolds = invariant("clearing-holds-obligations");
const deliveriesHold = invariant("deliveries-hold-what-was-given");
const supplyIsHeld = invariant("supply-is-held");
const bookAndAccountAgree = invariant("book-and-account-agree");

/** What is audited. */
export interface AuditedShard {
  /** How many shards there are. */
  readonly homes: { readonly placement: Pick<Placement, "shards"> };
  readonly governor: Governor;
  readonly directory: Venue;
  readonly ledger: ShardLedger;
  readonly books: ReadonlyMap<InstrumentSymbol, Book>;
  /** Without the fee account, which has no orders. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly fees: Account;
}

/** For so many commands one order is looked at by turns. */
const commandsPerOrder = 8;

/** How many levels without orders are passed over in one turn. */
const emptyLevelsMax = 16;

export class ShardAudit {
  readonly #shard: AuditedShard;
  /** The last frame of each producer that used its number up, of those heard since the start. */
  readonly #frames = new RecentMap<ProducerId, FrameHeader>();
  /** The last frame sent to each shard. */
  readonly #sent: number[];
  /** Commands that have not been spent on looking; paid when it is done. */
  #credit = 0;
  #isTurnOfBooks = false;
  #nextAccounts: Iterator<Account> | undefined;
  #nextBooks: Iterator<Book> | undefined;

  constructor(shard: AuditedShard, framesSent: readonly number[]) {
    this.#shard = shard;
    this.#sent = [...framesSent];
  }

  // ---- Each entry --------------------------------------------------------------------------

  /** An entry was applied, and this is what came of it. */
  stepped(step: Step): void {
    if (!areInvariantsHeld) return;
    this.#shard.ledger.endStep(this.#shard.homes.placement.shards === 1);
    this.#hearFrame(step);
    for (const { shard, frame } of step.outbound) {
      hold(outboundInTurn, frame === (this.#sent[shard] ?? 0) + 1);
      this.#sent[shard] = frame;
    }
    this.#credit += commandsPerOrder + step.commandCount;
    while (this.#credit > 0) this.#takeTurn();
  }

  #hearFrame({ header, verdict }: Step): void {
    const isUsedUp = verdict === "applied" || verdict === "expired" || verdict === "malformed";
    if (header === undefined || !isUsedUp) return;
    const before = this.#frames.get(header.producer);
    if (before !== undefined) {
      const isNext = header.epoch === before.epoch && header.frame === before.frame + 1;
      hold(framesInTurn, isNext || (header.epoch > before.epoch && header.frame === 1));
    }
    this.#frames.set(header.producer, header);
  }

  // ---- By turns ----------------------------------------------------------------------------

  #takeTurn(): void {
    this.#isTurnOfBooks = !this.#isTurnOfBooks;
    const count = this.#isTurnOfBooks ? this.#auditNextLevel() : this.#auditNextAccount();
    this.#credit -= commandsPerOrder * (1 + count);
  }

  /** Returns how many orders were looked at. */
  #auditNextAccount(): number {
    this.#nextAccounts ??= this.#shard.accounts.values()[Symbol.iterator]();
    const { value: account } = this.#nextAccounts.next() as { value: Account | undefined };
    if (account === undefined) {
      this.#nextAccounts = undefined;
      return 0;
    }
    account.audit();
    account.auditRules(this.#shard.directory);
    return account.workingCount;
  }

  /** One level of the next book. */
  #auditNextLevel(): number {
    this.#nextBooks ??= this.#shard.books.values()[Symbol.iterator]();
    const { value: book } = this.#nextBooks.next() as { value: Book | undefined };
    if (book === undefined) {
      this.#nextBooks = undefined;
      return 0;
    }
    const { order, count } = book.auditNextLevel(emptyLevelsMax);
    if (order !== undefined) this.#compare(book.symbol, order);
    return count;
  }

  /** Between two steps, all that book and account of one shard said has been delivered. */
  #compare(symbol: InstrumentSymbol, inBook: OrderInBook): void {
    const account = this.#shard.accounts.get(inBook.account);
    if (account === undefined) return;
    const order = account.openOrder(inBook.orderId);
    hold(
      bookAndAccountAgree,
      order !== undefined &&
        order.isWorking &&
        order.instrument.symbol === symbol &&
        order.side === inBook.side &&
        order.executed === inBook.executed &&
        order.remaining === inBook.remaining,
    );
  }

  // ---- The whole state ---------------------------------------------------------------------

  /** Looks at everything: costs about as much as hashing it. */
  whole(): void {
    if (!areInvariantsHeld) return;
    const { accounts, fees, books, ledger, governor, homes, directory } = this.#shard;
    for (const account of [...accounts.values(), fees]) {
      account.audit();
      account.auditRules(directory);
      account.countHoldings();
    }
    for (const book of books.values()) book.audit();
    for (const of of ledger.all()) {
      const { settlement, issuance, custody } = of;
      const { issued, held } = governor.broughtIn(of.asset);
      hold(ledgerAddsUp, add(of.counted, of.own) === 0);
      hold(supplyIsIssued, add(issuance.balance, issued) === 0);
      hold(custodyIsHeld, add(custody.balance, held) === 0);
      if (homes.placement.shards === 1) hold(supplyIsHeld, settlement.balance === 0);
      hold(clearingHolds, of.clearing.balance === of.countedDeliver);
      hold(clearingHolds, add(of.claims.balance, of.countedReceive) === 0);
      hold(deliveriesHold, of.delivery.balance === of.countedGiven);
      of.counted = of.countedDeliver = of.countedReceive = of.countedGiven = 0;
    }
  }
}
