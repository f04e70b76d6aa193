/**
 * Accounts and what they have, as rows.
 *
 * What an account has is read from it when that is to be written, however often it was touched. An
 * account that moves takes along what it has: so it is read before anything that may make it leave,
 * and once it has come.
 */
import type { ledgerCauses } from "../../protocols/api/history-replies.ts";
import { accountAt, feeAccountOf } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId, Message } from "../../protocols/index.ts";
import type { RowPlace } from "./row-place.ts";

/** The step in which an account was touched last. */
interface Touch {
  readonly at: string;
  readonly sequence: number;
}

/** What is booked, and on account of what. */
export interface Booking {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly cause: (typeof ledgerCauses)[number];
  readonly tradeId: number;
  readonly orderId: number;
}

export class AccountRows {
  readonly #place: RowPlace;
  readonly #touched = new Map<AccountId, Touch>();
  /** Those that may have come with this step. */
  readonly #coming = new Set<AccountId>();
  /** Whether this step may be the one that forms the shard. */
  #mayForm = false;
  #bookings = 0;
  #deposited: Amount = 0;
  /** Of the step under way, once it is known. */
  #touch: Touch | undefined;

  constructor(place: RowPlace) {
    this.#place = place;
  }

  /** A message is about to be heard. */
  hear(message: Message): void {
    this.#deposited = 0;
    switch (message.kind) {
      case "announce-placement":
      case "mark-channel":
      case "take-over":
        this.write();
        this.#expect();
        return;
      case "form-shard":
        this.#mayForm = this.#place.shard.cluster === "";
        return;
      case "create-account": {
        const { account, participant } = message;
        this.#open(account, participant === "" ? account : participant);
        break;
      }
      case "block-account":
        this.#place.batch.changeAccount(message.account, { isBlocked: message.isBlocked });
        break;
      case "credit-deposit":
        this.#deposited = message.amount;
        break;
      default:
    }
    if ("account" in message) this.touch(message.account);
  }

  /** What the deposit brings that is heard of; nothing while something else is. */
  get deposited(): Amount {
    return this.#deposited;
  }

  touch(account: AccountId): void {
    this.#touch ??= { at: this.#place.at, sequence: this.#place.shard.sequence };
    this.#touched.set(account, this.#touch);
  }

  book({ account, asset, amount, cause, tradeId, orderId }: Booking): void {
    const { batch } = this.#place;
    const named = this.#place.named(this.#bookings++);
    batch.added.ledger_entries.push(
      `${named}\t${account}\t${asset}\t${amount}\t${cause}\t${tradeId}\t${orderId}\n`,
    );
  }

  /** The step is over. */
  endStep(): void {
    this.#bookings = 0;
    this.#touch = undefined;
    const { shard, batch } = this.#place;
    for (const account of this.#coming) {
      if (shard.account(account) === undefined) continue;
      batch.changeAccount(account, { shard: shard.shard });
    }
    this.#coming.clear();
    if (this.#mayForm && shard.cluster !== "") this.#openFees();
    this.#mayForm = false;
  }

  /** Writes down what those have that were touched and are here. */
  write(): void {
    const { shard, batch } = this.#place;
    for (const [id, { at, sequence }] of this.#touched) {
      for (const { asset, available, reserved } of shard.account(id)?.balances() ?? []) {
        const row = `${id}\t${asset}\t${available}\t${reserved}\t${at}\t${shard.shard}\t${sequence}\n`;
        batch.current.balances.set(`${id} ${asset}`, row);
      }
    }
    this.#touched.clear();
  }

  /** The account that moves may come with this step. */
  #expect(): void {
    const { moving } = this.#place.shard;
    const account = moving === undefined ? undefined : accountAt(moving);
    if (account === undefined) return;
    this.#coming.add(account);
    this.touch(account);
  }

  #openFees(): void {
    const account = feeAccountOf(this.#place.shard.shard);
    this.#open(account, account);
  }

  #open(account: AccountId, participant: string): void {
    const { shard, batch, at } = this.#place;
    batch.changeAccount(account, {
      participant,
      shard: shard.shard,
      isBlocked: false,
      openedAt: at,
    });
  }
}
