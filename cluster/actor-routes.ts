/**
 * Actor routes: which shard each actor lives in, as far as one client has heard.
 *
 * An actor that nobody told of lives where its address says. Whoever is asked in vain tells where
 * the actor has gone; what was true later counts.
 */
import {
  accountAt,
  addressOfAccount,
  addressOfBook,
  shardOfAccount,
  shardOfInstrument,
  shardOfMessage,
  symbolAt,
} from "../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  Homes,
  InstrumentSymbol,
  Message,
  ShardId,
  Whereabouts,
} from "../protocols/index.ts";

export class ActorRoutes implements Homes {
  readonly #shards: number;
  readonly #moved = new Map<ActorAddress, Whereabouts>();

  /** For whoever only looks around there may be no shards. */
  constructor(shards: number) {
    this.#shards = shards;
  }

  shardOf(actor: ActorAddress): ShardId {
    const moved = this.#moved.get(actor);
    if (moved !== undefined) return moved.shard;
    const account = accountAt(actor);
    return account === undefined
      ? shardOfInstrument(symbolAt(actor), this.#shards)
      : shardOfAccount(account, this.#shards);
  }

  /** Of the move after which the actor lives there; 0 where nobody told of one. */
  epochOf(actor: ActorAddress): number {
    return this.#moved.get(actor)?.epoch ?? 0;
  }

  shardOfAccount(account: AccountId): ShardId {
    return this.shardOf(addressOfAccount(account));
  }

  shardOfInstrument(symbol: InstrumentSymbol): ShardId {
    return this.shardOf(addressOfBook(symbol));
  }

  /** The shard whose actor a command is for; undefined for one to a shard itself. */
  shardOfMessage(message: Message): ShardId | undefined {
    return shardOfMessage(message, this);
  }

  /** Somebody says where an actor lives. False if that is no news. */
  learn(actor: ActorAddress, whereabouts: Whereabouts): boolean {
    const known = this.#moved.get(actor);
    if (known !== undefined && known.epoch >= whereabouts.epoch) return false;
    this.#moved.set(actor, whereabouts);
    return true;
  }
}
