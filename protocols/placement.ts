/**
 * Placement: which shard an actor lives in.
 *
 * Rendezvous hashing over the actor's address: every shard is given a score for the address and the
 * highest wins, so adding a shard moves only the actors it wins. A market lives with its book.
 */
import { assert, unreachable } from "./assert.ts";
import type { AccountId, InstrumentSymbol, ShardId } from "./identifiers.ts";
import type { Message } from "./messages.ts";

const accountPrefix = hashText("account/");
const bookPrefix = hashText("book/");

/** The governor lives in the first shard. */
export const governorShard: ShardId = 0;

export function shardOfAccount(account: AccountId, shards: number): ShardId {
  return shardOfAddress(accountPrefix, account, shards);
}

export function shardOfInstrument(symbol: InstrumentSymbol, shards: number): ShardId {
  return shardOfAddress(bookPrefix, symbol, shards);
}

/** The shard whose actor a message is for; undefined for a message to the shard that reads it. */
export function shardOfMessage(message: Message, shards: number): ShardId | undefined {
  switch (message.kind) {
    case "place-order":
    case "place-order-list":
    case "cancel-order":
    case "cancel-and-place":
    case "replace-order":
    case "cancel-all-orders":
    case "mass-quote":
    case "order-rested":
    case "order-filled":
    case "order-triggered":
    case "order-repriced":
    case "order-prevented":
    case "order-removed":
    case "order-refused":
    case "order-replaced":
    case "change-refused":
    case "create-account":
    case "block-account":
    case "credit-deposit":
      return shardOfAccount(message.account, shards);
    case "submit-order":
    case "submit-cancel":
    case "submit-replace":
    case "set-phase":
    case "watch-index":
    case "publish-mark-price":
      return shardOfInstrument(message.symbol, shards);
    case "add-asset":
    case "list-instrument":
    case "open-account":
    case "deposit":
    case "halt-trading":
    case "resume-trading":
    case "arm-kill-switch":
    case "confirm-kill-switch":
    case "release-kill-switch":
    case "set-market-breaker":
    case "breaker-moved":
    case "ticket-served":
      return governorShard;
    case "announce-asset":
    case "announce-instrument":
    case "announce-venue-halt":
      return message.shard;
    case "form-shard":
    case "claim-emitter":
    case "tick":
    case "checkpoint":
      return undefined;
    default:
      return unreachable(message);
  }
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
