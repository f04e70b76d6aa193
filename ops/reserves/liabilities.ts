/**
 * What a venue owes, read from its shards as of one moment, and whether that is what its ledger
 * says came in.
 */
import type { Shard } from "../../actors/index.ts";
import { feeAccountOf } from "../../protocols/index.ts";
import type { AccountId, AssetId } from "../../protocols/index.ts";

export interface AccountLiabilities {
  readonly account: AccountId;
  /** Units by asset, those that there are any of, by asset code. */
  readonly amounts: readonly (readonly [AssetId, bigint])[];
}

/** Of one asset. */
export interface AssetSums {
  readonly asset: AssetId;
  /** What accounts have. */
  readonly owed: bigint;
  /** What the exchange has earned and not given away. */
  readonly house: bigint;
  /** On its way between shards. */
  readonly underWay: bigint;
  /** Brought in by administrators. */
  readonly issued: bigint;
  /** Came in from a chain and has not left. */
  readonly held: bigint;
}

export interface Liabilities {
  /** By name. */
  readonly accounts: readonly AccountLiabilities[];
  /** By asset code. */
  readonly sums: readonly AssetSums[];
}

/** What is owed is not what came in, or not all of it was looked at. */
export class LiabilitiesUnbalanced extends Error {
  override readonly name = "LiabilitiesUnbalanced";
}

/**
 * @param rebuilt every shard that there was, the governor's first; those added later are left out
 * Throws {@link LiabilitiesUnbalanced}.
 */
export function liabilitiesOf(rebuilt: readonly Shard[]): Liabilities {
  const count = rebuilt[0]?.shards ?? 0;
  const shards = rebuilt.slice(0, count);
  // Each shard adds up by itself: that one is missing shows in no sum.
  if (count === 0 || shards.length !== count || shards.some((of, at) => of.shard !== at)) {
    throw new LiabilitiesUnbalanced(`these are not all of ${String(count)} shards`);
  }
  const accounts: AccountLiabilities[] = [];
  const [owed, house, underWay] = [new Sums(), new Sums(), new Sums()];
  for (const shard of shards) {
    for (const account of shard.accounts()) {
      const isHouse = account.id === feeAccountOf(shard.shard);
      const amounts: [AssetId, bigint][] = [];
      // What it has given for deliveries is owed to it until the other party has given, too.
      const given = new Map(account.owings().map((owing) => [owing.asset, BigInt(owing.given)]));
      for (const { asset, available, reserved, ...apart } of account.balances()) {
        const { withdrawing = 0, variation = 0, posted = 0 } = apart;
        const kept = BigInt(available) + BigInt(posted);
        const held = kept + BigInt(reserved) + BigInt(withdrawing);
        const amount = held + (given.get(asset) ?? 0n);
        // What positions have realised on one side and not yet on the other.
        underWay.add(asset, BigInt(variation));
        (isHouse ? house : owed).add(asset, amount);
        if (amount > 0n && !isHouse) amounts.push([asset, amount]);
      }
      if (amounts.length > 0) accounts.push({ account: account.id, amounts });
    }
    for (const { asset, given, settlement } of shard.ledger.all()) {
      house.add(asset, BigInt(given));
      underWay.add(asset, BigInt(settlement.balance));
    }
  }
  const [governors] = shards;
  const brought = governors?.answer("custodyHoldings", {}) ?? [];
  const sums = brought.map(({ asset, issued, held }) => ({
    ...{ asset, owed: owed.of(asset), house: house.of(asset), underWay: underWay.of(asset) },
    ...{ issued: BigInt(issued), held: BigInt(held) },
  }));
  for (const of of sums) {
    if (of.owed + of.house + of.underWay === of.issued + of.held) continue;
    throw new LiabilitiesUnbalanced(`what is owed of ${of.asset} is not what came in of it`);
  }
  return {
    accounts: accounts.sort((a, b) => (a.account < b.account ? -1 : 1)),
    sums: sums.sort((a, b) => (a.asset < b.asset ? -1 : 1)),
  };
}

class Sums {
  readonly #sums = new Map<AssetId, bigint>();

  add(asset: AssetId, amount: bigint): void {
    this.#sums.set(asset, this.of(asset) + amount);
  }

  of(asset: AssetId): bigint {
    return this.#sums.get(asset) ?? 0n;
  }
}
