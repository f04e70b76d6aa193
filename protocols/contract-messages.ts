/** What is said about contracts: the part of `messages.ts` that their prices are. */
import type { Approvable } from "./approvals.ts";
import type { ContractState } from "./contract-terms.ts";
import type { InstrumentSymbol, ShardId } from "./identifiers.ts";
import type { Ticks } from "./units.ts";

/** Says what the index of a contract is that has no instrument for one: an oracle's word. */
export interface PublishIndexPrice extends Approvable {
  readonly kind: "publish-index-price";
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
  readonly author: string;
  readonly reason: string;
}

/**
 * From the shard of a contract's book to every shard: where the contract stands. It comes after the
 * fills that were made before, and before those that are made after.
 */
export interface AnnounceContract extends ContractState {
  readonly kind: "announce-contract";
  readonly shard: ShardId;
  readonly symbol: InstrumentSymbol;
}
