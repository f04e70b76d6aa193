/**
 * Deleveraging: has the best of one side of a contract close their positions against the one of an
 * account that is liquidated, which neither its book nor its fund has taken.
 *
 * One account comes after the other. Every shard is asked who ranks highest on the other side; the
 * best is asked to reduce, and what it says it did, the account is told. Nobody is asked while
 * another is: who has less by then reduces by that, and the next one's turn comes.
 */
import { assert, rankedPositionsMax, Side, unreachable } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  DeleverageWanted,
  Deleveraged,
  DeleveragingMessage,
  InstrumentSymbol,
  Lots,
  PositionsRanked,
  RankedPosition,
  Ticks,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";

interface Wanted {
  readonly account: AccountId;
  /** Of its position. */
  readonly side: Side;
  readonly price: Ticks;
  left: Lots;
}

type DeleveragingContext = Pick<ActorContext, "send" | "shards">;

export class Deleveraging {
  readonly #symbol: InstrumentSymbol;
  /** Of the contract, as of the message that is heard. */
  #fundingNow: Amount = 0;
  /** The first is under way. */
  #wanted: Wanted[] = [];
  /** Shards that have not said who ranks highest there. */
  #awaited = 0;
  #ranked: RankedPosition[] = [];
  /** Whether anybody has reduced since the shards were asked. */
  #hasReduced = false;
  /** Which fundings the one under way counts. */
  #fundingIndex: Amount = 0;

  constructor(symbol: InstrumentSymbol) {
    this.#symbol = symbol;
  }

  receive(message: DeleveragingMessage, fundingIndex: Amount, context: DeleveragingContext): void {
    this.#fundingNow = fundingIndex;
    switch (message.kind) {
      case "deleverage-wanted":
        this.#want(message, context);
        return;
      case "positions-ranked":
        this.#rank(message, context);
        return;
      case "deleveraged":
        this.#reduced(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  #want({ account, lots, price }: DeleverageWanted, context: DeleveragingContext): void {
    assert(lots !== 0, "nothing is to be closed");
    const side = lots > 0 ? Side.buy : Side.sell;
    this.#wanted.push({ account, side, price, left: Math.abs(lots) });
    if (this.#wanted.length === 1) this.#askAll(context);
  }

  #askAll(context: DeleveragingContext): void {
    const { side: ofWanted, left: lots, price } = this.#underWay();
    const [symbol, side] = [this.#symbol, otherSide(ofWanted)];
    this.#awaited = context.shards;
    this.#hasReduced = false;
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "rank-positions", shard, symbol, side, lots, price });
    }
  }

  #rank({ positions }: PositionsRanked, context: DeleveragingContext): void {
    assert(this.#awaited > 0, "a shard answers that was not asked");
    this.#awaited -= 1;
    this.#ranked.push(...positions);
    if (this.#awaited > 0) return;
    this.#ranked = firstRanked(this.#ranked, this.#underWay().left);
    this.#askNext(context);
  }

  #askNext(context: DeleveragingContext): void {
    const { account: owner, side, price, left } = this.#underWay();
    const [next, ...others] = this.#ranked;
    this.#ranked = others;
    if (next === undefined) {
      // Who was named had less by then than others have: they are asked for.
      if (this.#hasReduced) this.#askAll(context);
      else this.#end(0, context);
      return;
    }
    const { account } = next;
    this.#fundingIndex = this.#fundingNow;
    const terms = { symbol: this.#symbol, price, fundingIndex: this.#fundingIndex, owner };
    const lots = Math.min(left, next.lots);
    context.send({ kind: "deleverage", account, side: otherSide(side), lots, ...terms });
  }

  #reduced({ lots }: Deleveraged, context: DeleveragingContext): void {
    const first = this.#underWay();
    assert(lots <= first.left, "more was reduced than was asked for");
    first.left -= lots;
    if (first.left === 0) {
      this.#end(lots, context);
      return;
    }
    if (lots > 0) {
      this.#hasReduced = true;
      this.#tell(lots, false, context);
    }
    this.#askNext(context);
  }

  #end(lots: Lots, context: DeleveragingContext): void {
    this.#tell(lots, true, context);
    this.#wanted.shift();
    this.#ranked = [];
    if (this.#wanted.length > 0) this.#askAll(context);
  }

  #tell(lots: Lots, isLast: boolean, context: DeleveragingContext): void {
    const { account, side, price } = this.#underWay();
    const terms = { symbol: this.#symbol, price, fundingIndex: this.#fundingIndex };
    context.send({ kind: "deleverage-dealt", account, side, lots, isLast, ...terms });
  }

  #underWay(): Wanted {
    const [first] = this.#wanted;
    assert(first !== undefined, "nobody's position is being closed");
    return first;
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** Undefined while nothing is under way. */
  snapshot(): SavedDeleveraging | undefined {
    if (this.#wanted.length === 0) return undefined;
    return [
      this.#wanted.map(({ account, side, price, left }) => [account, side, price, left] as const),
      [this.#awaited, this.#hasReduced, this.#fundingIndex],
      this.#ranked.map(({ account, rank, lots }) => [account, rank, lots] as const),
    ];
  }

  restore([wanted, [awaited, hasReduced, fundingIndex], ranked]: SavedDeleveraging): void {
    this.#wanted = wanted.map(([account, side, price, left]) => ({ account, side, price, left }));
    [this.#awaited, this.#hasReduced, this.#fundingIndex] = [awaited, hasReduced, fundingIndex];
    this.#ranked = ranked.map(([account, rank, lots]) => ({ account, rank, lots }));
  }
}

/** The highest ranks first, of one rank by account id, until they have so many lots. */
export function firstRanked(ranked: readonly RankedPosition[], lots: Lots): RankedPosition[] {
  const sorted = [...ranked].sort((a, b) => b.rank - a.rank || (a.account < b.account ? -1 : 1));
  let sum = 0;
  let count = 0;
  while (count < Math.min(sorted.length, rankedPositionsMax) && sum < lots)
    sum += sorted[count++]!.lots;
  return sorted.slice(0, count);
}

function otherSide(side: Side): Side {
  return side === Side.buy ? Side.sell : Side.buy;
}

export type SavedDeleveraging = readonly [
  wanted: readonly (readonly [AccountId, Side, Ticks, left: Lots])[],
  underWay: readonly [awaited: number, hasReduced: boolean, fundingIndex: Amount],
  ranked: readonly (readonly [AccountId, rank: number, Lots])[],
];
