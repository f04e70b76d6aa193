/**
 * What the log says happened: every command that was applied with the answer it was given, every
 * trade and every fill, and what there is in the end. Plain data, made by `venue-replay.ts` from
 * the log alone.
 */
import type { OrderState } from "../../protocols/api/replies.ts";
import type { AccountId, OrderId, ShardId, TradeId } from "../../protocols/index.ts";
import type { Asked, Standing } from "./operation.ts";

export interface LoggedCommand extends Asked {
  readonly shard: ShardId;
  /** Its entry's, and its place in that entry's frame. */
  readonly sequence: number;
  readonly index: number;
  /** Undefined when the log ends before it was answered. */
  readonly answer: LoggedAnswer | undefined;
}

export interface LoggedAnswer {
  /** "none" when it was done. */
  readonly reason: string;
  /** It had been taken before: this tells again what became of it. */
  readonly isDuplicate: boolean;
  readonly order: OrderState | undefined;
}

export interface LoggedTrade {
  readonly symbol: string;
  readonly tradeId: TradeId;
  readonly price: number;
  readonly quantity: number;
}

/** One side of a trade. */
export interface LoggedFill extends LoggedTrade {
  readonly account: AccountId;
  readonly orderId: OrderId;
  /** Of the order, after this fill. */
  readonly orderQuantity: number;
  readonly orderExecuted: number;
  /** Between two orders of one account, which trade with nobody. */
  readonly isTransfer: boolean;
}

/** What an asset's accounts hold together, and what was ever brought in. */
export interface AssetSum {
  readonly asset: string;
  readonly held: bigint;
  readonly supplied: bigint;
}

export interface ReplicaHashes {
  readonly node: string;
  readonly shard: ShardId;
  readonly what: string;
  readonly sequence: number;
  readonly live: string;
  readonly rebuilt: string;
}

export interface VenueRecord {
  /** In the order of each shard's log. */
  readonly commands: readonly LoggedCommand[];
  readonly trades: readonly LoggedTrade[];
  readonly fills: readonly LoggedFill[];
  /** Those from before this record began: clients may hear late of them. */
  readonly earlierFills: readonly LoggedFill[];
  readonly sums: readonly AssetSum[];
  readonly standings: readonly Standing[];
  readonly replicas: readonly ReplicaHashes[];
  /** Replicas that must be there and did not answer, each in words. */
  readonly missing: readonly string[];
}
