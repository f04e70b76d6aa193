/**
 * Placement: which shard an actor lives in.
 *
 * Rendezvous hashing over the actor's address: every shard that the venue was founded with is given
 * a score for the address and the highest wins. Pins overrule it, one by one, and are the only way
 * to a shard that was added later. A market lives with its book. The governor and the fee accounts
 * never move.
 *
 * A placement is a value: who changes it gets another one, of the next epoch.
 */
import {
  accountAt,
  accountWord,
  addressOfAccount,
  addressOfBook,
  bookWord,
  symbolAt,
} from "./actor-address.ts";
import type { ActorAddress } from "./actor-address.ts";
import { assert } from "./assert.ts";
import { shardsMax } from "./identifiers.ts";
import type { AccountId, InstrumentSymbol, ShardId } from "./identifiers.ts";
import type { Message, Pin } from "./messages.ts";

const accountPrefix = hashText(accountWord);
const bookPrefix = hashText(bookWord);

/** The governor lives in the first shard. */
export const governorShard: ShardId = 0;

/** Where an account lives that nobody has moved. */
export function shardOfAccount(account: AccountId, shards: number): ShardId {
  return shardOfAddress(accountPrefix, account, shards);
}

/** Where a book and its market live that nobody has moved. */
export function shardOfInstrument(symbol: InstrumentSymbol, shards: number): ShardId {
  return shardOfAddress(bookPrefix, symbol, shards);
}

/** How many shards there are, and how many of them there were at first. */
export interface ShardCount {
  readonly shards: number;
  /** Addresses are hashed over these. */
  readonly founded: number;
}

export class Placement {
  /** Counts the moves. */
  readonly epoch: number;
  readonly shards: number;
  readonly founded: number;
  readonly #accounts = new Map<AccountId, ShardId>();
  readonly #books = new Map<InstrumentSymbol, ShardId>();

  constructor({ shards, founded }: ShardCount, epoch = 0, pins: readonly Pin[] = []) {
    assert(founded >= 1 && founded <= shards && epoch >= 0);
    this.shards = shards;
    this.founded = founded;
    this.epoch = epoch;
    for (const [actor, shard] of pins) this.#pin(actor, shard);
  }

  /** Where everybody lives in a venue that begins with so many shards. */
  static founding(shards: number): Placement {
    return new Placement({ shards, founded: shards });
  }

  #pin(actor: ActorAddress, shard: ShardId): void {
    assert(shard >= 0 && shard < this.shards, "a pin to a shard that there is not");
    const account = accountAt(actor);
    if (account === undefined) this.#books.set(symbolAt(actor), shard);
    else this.#accounts.set(account, shard);
  }

  /** The next placement: as this one, but for one actor. */
  moving(actor: ActorAddress, shard: ShardId): Placement {
    return new Placement(this, this.epoch + 1, [...this.pins(), [actor, shard]]);
  }

  /** The same among so many shards. */
  among(shards: number): Placement {
    return new Placement({ shards, founded: this.founded }, this.epoch, this.pins());
  }

  /** By address; also of those that were pinned to where they would live anyway. */
  pins(): readonly Pin[] {
    const accounts = [...this.#accounts].map(([id, shard]): Pin => [addressOfAccount(id), shard]);
    const books = [...this.#books].map(([symbol, shard]): Pin => [addressOfBook(symbol), shard]);
    return [...accounts, ...books].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  shardOfAccount(account: AccountId): ShardId {
    const pinned = this.#accounts.size === 0 ? undefined : this.#accounts.get(account);
    return pinned ?? shardOfAccount(account, this.founded);
  }

  shardOfInstrument(symbol: InstrumentSymbol): ShardId {
    const pinned = this.#books.size === 0 ? undefined : this.#books.get(symbol);
    return pinned ?? shardOfInstrument(symbol, this.founded);
  }

  shardOf(actor: ActorAddress): ShardId {
    const account = accountAt(actor);
    return account === undefined
      ? this.shardOfInstrument(symbolAt(actor))
      : this.shardOfAccount(account);
  }
}

/** Who answers for where an actor lives. */
export type Homes = Pick<Placement, "shardOfAccount" | "shardOfInstrument">;

type Addressee<M> = (message: M, homes: Homes) => ShardId | undefined;

const ofAccount: Addressee<{ readonly account: AccountId }> = ({ account }, homes) =>
  homes.shardOfAccount(account);
const ofInstrument: Addressee<{ readonly symbol: InstrumentSymbol }> = ({ symbol }, homes) =>
  homes.shardOfInstrument(symbol);
const ofGovernor: Addressee<Message> = () => governorShard;
const ofNamedShard: Addressee<{ readonly shard: ShardId }> = ({ shard }) => shard;
const ofReader: Addressee<Message> = () => undefined;

/** Who each kind of message is for. */
const addressees: {
  readonly [K in Message["kind"]]: Addressee<Extract<Message, { readonly kind: K }>>;
} = {
  "place-order": ofAccount,
  "place-order-list": ofAccount,
  "cancel-order": ofAccount,
  "cancel-and-place": ofAccount,
  "replace-order": ofAccount,
  "cancel-all-orders": ofAccount,
  "mass-quote": ofAccount,
  "order-rested": ofAccount,
  "order-filled": ofAccount,
  "order-triggered": ofAccount,
  "order-repriced": ofAccount,
  "order-prevented": ofAccount,
  "order-removed": ofAccount,
  "order-refused": ofAccount,
  "order-replaced": ofAccount,
  "change-refused": ofAccount,
  "create-account": ofAccount,
  "block-account": ofAccount,
  "credit-deposit": ofAccount,
  "apply-account-fees": ofAccount,
  "apply-fail-permission": ofAccount,
  "instruct-settlement": ofAccount,
  "post-settlement": ofAccount,
  "apply-margin-account": ofAccount,
  "cover-deficit": ofAccount,
  "set-margin-mode": ofAccount,
  "add-margin": ofAccount,
  "remove-margin": ofAccount,
  "make-good-deficit": ofAccount,
  "pay-liquidation-fee": ofAccount,
  "offer-position": ofAccount,
  "answer-offer": ofAccount,
  deleverage: ofAccount,
  "deleverage-dealt": ofAccount,
  "request-withdrawal": ofAccount,
  "cancel-withdrawal": ofAccount,
  "allow-address": ofAccount,
  "forget-address": ofAccount,
  "release-withdrawal": ofAccount,
  "refuse-withdrawal": ofAccount,
  "advance-withdrawal": ofAccount,
  "submit-order": ofInstrument,
  "submit-cancel": ofInstrument,
  "submit-replace": ofInstrument,
  "set-phase": ofInstrument,
  "watch-index": ofInstrument,
  "publish-mark-price": ofInstrument,
  "publish-index-price": ofInstrument,
  "deleverage-wanted": ofInstrument,
  "positions-ranked": ofInstrument,
  deleveraged: ofInstrument,
  "add-asset": ofGovernor,
  "list-instrument": ofGovernor,
  "open-account": ofGovernor,
  deposit: ofGovernor,
  "halt-trading": ofGovernor,
  "resume-trading": ofGovernor,
  "arm-kill-switch": ofGovernor,
  "confirm-kill-switch": ofGovernor,
  "release-kill-switch": ofGovernor,
  "set-market-breaker": ofGovernor,
  "breaker-moved": ofGovernor,
  "ticket-served": ofGovernor,
  "place-actor": ofGovernor,
  "add-shard": ofGovernor,
  "set-approval-policy": ofGovernor,
  "set-fee-schedule": ofGovernor,
  "set-account-fees": ofGovernor,
  "set-custody-policy": ofGovernor,
  "assign-deposit-address": ofGovernor,
  "report-deposit": ofGovernor,
  "propose-sweep": ofGovernor,
  "release-sweep": ofGovernor,
  "advance-sweep": ofGovernor,
  "withdrawal-settled": ofGovernor,
  "set-risk-limits": ofGovernor,
  "set-risk-group": ofGovernor,
  "set-settlement-cycle": ofGovernor,
  "set-margin-account": ofGovernor,
  "set-fail-permission": ofGovernor,
  "clear-trade": ofGovernor,
  "settlement-confirmed": ofGovernor,
  "announce-asset": ofNamedShard,
  "announce-instrument": ofNamedShard,
  "announce-venue-halt": ofNamedShard,
  "announce-placement": ofNamedShard,
  "announce-shard": ofNamedShard,
  "announce-pins": ofNamedShard,
  "announce-approval-policy": ofNamedShard,
  "announce-fee-schedule": ofNamedShard,
  "announce-custody-policy": ofNamedShard,
  "announce-risk-limits": ofNamedShard,
  "announce-risk-group": ofNamedShard,
  "announce-price": ofNamedShard,
  "announce-settlement-cycle": ofNamedShard,
  "announce-contract": ofNamedShard,
  "rank-positions": ofNamedShard,
  "mark-channel": ofNamedShard,
  "hand-over": ofNamedShard,
  "take-over": ofNamedShard,
  "forward-reply": ofNamedShard,
  "form-shard": ofReader,
  "claim-emitter": ofReader,
  tick: ofReader,
  checkpoint: ofReader,
  "activate-logic": ofReader,
  "set-nodes": ofReader,
};

/** The shard whose actor a message is for; undefined for a message to the shard that reads it. */
export function shardOfMessage(message: Message, homes: Homes): ShardId | undefined {
  const addressee = addressees[message.kind] as Addressee<Message> | undefined;
  assert(addressee !== undefined, "a message of a kind that there is not");
  return addressee(message, homes);
}

/** The actor that a message is for, if it is one that can be moved. */
export function addressOfMessage(message: Message): ActorAddress | undefined {
  let address: ActorAddress | undefined;
  shardOfMessage(message, {
    shardOfAccount: (account) => {
      address = addressOfAccount(account);
      return 0;
    },
    shardOfInstrument: (symbol) => {
      address = addressOfBook(symbol);
      return 0;
    },
  });
  return address;
}

/** What a shard says of an actor that lives elsewhere: where, and of which epoch that is. */
export interface Whereabouts {
  readonly shard: ShardId;
  readonly epoch: number;
}

/** As the one number that a reply has room for. */
export function detailOfWhereabouts({ shard, epoch }: Whereabouts): number {
  return epoch * shardsMax + shard;
}

export function whereaboutsIn(detail: number): Whereabouts {
  const epoch = Math.floor(detail / shardsMax);
  return { shard: detail - epoch * shardsMax, epoch };
}

/** The address is `account/<id>` or `book/<symbol>`; what comes before the name is hashed already. */
function shardOfAddress(prefixHash: number, name: string, shards: number): ShardId {
  assert(shards >= 1);
  if (shards === 1) return 0;
  const base = hashText(name, prefixHash);
  let best = 0;
  let bestScore = -1;
  for (let shard = 0; shard < shards; shard++) {
    const score = mix(base ^ mix(shard + 1));
    if (score > bestScore) {
      bestScore = score;
      best = shard;
    }
  }
  return best;
}

/** 32-bit FNV-1a over the UTF-16 units, going on from `hash`. Reference: Fowler, Noll, Vo. */
function hashText(text: string, hash = 0x811c9dc5): number {
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The finalizer of MurmurHash3: every input bit reaches every output bit. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
