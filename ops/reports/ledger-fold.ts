/**
 * What everybody has, added up from transfers alone, over all shards; and the comparison with what
 * the accounts themselves say.
 *
 * What an account takes along when it moves is on its way until it arrives.
 */
import type { Shard } from "../../actors/index.ts";
import { add, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId } from "../../protocols/index.ts";
import type { LedgerParty, TransferFact } from "./fact.ts";
import { accountIn } from "./known-account.ts";
import { ReportFault } from "./report-fault.ts";

/** For what an account has units: `available`, `reserved`, `withdrawing`, `margin`, or others. */
export const onItsWay = "on-its-way";

/** The account that what positions cost stands on, as far below zero. */
const costOfPositions = "variation";

/** Of one asset, by what they are for. */
export class Holding {
  readonly #parts = new Map<string, Amount>();

  of(kind: string): Amount {
    return this.#parts.get(kind) ?? 0;
  }

  change(kind: string, amount: Amount): void {
    this.#parts.set(kind, add(this.of(kind), amount));
  }

  get total(): Amount {
    return [...this.#parts.values()].reduce<Amount>((sum, amount) => add(sum, amount), 0);
  }
}

/** What a transfer changes of what somebody has. */
export interface Change {
  readonly owner: AccountId;
  readonly kind: string;
  readonly amount: Amount;
}

/**
 * The changes of customers' and fee accounts: those of the shards' own are left out, and so is what
 * positions in contracts have cost, which is nothing that anybody has until it is realised.
 */
export function changesOf({ code, amount, debit, credit }: TransferFact): readonly Change[] {
  const [less, more] = [subtract(0, amount), amount];
  const changes = [changeOf(debit, less), changeOf(credit, more)];
  const isCost = debit.kind === costOfPositions || credit.kind === costOfPositions;
  if (!isCost && code === "departure") {
    changes.push({ owner: debit.owner, kind: onItsWay, amount: more });
  }
  if (!isCost && code === "arrival") {
    changes.push({ owner: credit.owner, kind: onItsWay, amount: less });
  }
  return changes.filter(({ owner, kind }) => owner !== "" && kind !== costOfPositions);
}

function changeOf({ owner, kind }: LedgerParty, amount: Amount): Change {
  return { owner, kind, amount };
}

export class LedgerFold {
  readonly #holdings = new Map<AccountId, Map<AssetId, Holding>>();

  transferred(fact: TransferFact): void {
    for (const { owner, kind, amount } of changesOf(fact)) {
      this.holding(owner, fact.asset).change(kind, amount);
    }
  }

  holding(owner: AccountId, asset: AssetId): Holding {
    let ofOwner = this.#holdings.get(owner);
    if (ofOwner === undefined) this.#holdings.set(owner, (ofOwner = new Map<AssetId, Holding>()));
    let holding = ofOwner.get(asset);
    if (holding === undefined) ofOwner.set(asset, (holding = new Holding()));
    return holding;
  }

  /** In the order of their names. */
  owners(): readonly AccountId[] {
    return [...this.#holdings.keys()].sort();
  }

  assets(owner: AccountId): readonly AssetId[] {
    return [...(this.#holdings.get(owner)?.keys() ?? [])].sort();
  }

  /** Throws {@link ReportFault} unless all accounts have exactly what transfers gave them. */
  check(shards: readonly Shard[]): void {
    const present = new Set<AccountId>();
    for (const shard of shards) {
      for (const account of [...shard.accounts(), shard.fees]) {
        present.add(account.id);
        this.#checkAccount(account.id, account.balances());
      }
    }
    for (const owner of this.owners()) if (!present.has(owner)) this.#checkAbsent(owner);
  }

  /** As {@link check}, of one owner. */
  checkOwner(owner: AccountId, shards: readonly Shard[]): void {
    const account = accountIn(shards, owner);
    if (account === undefined) this.#checkAbsent(owner);
    else this.#checkAccount(owner, account.balances());
  }

  #checkAccount(owner: AccountId, balances: ReturnType<Shard["fees"]["balances"]>): void {
    const known = new Map(balances.map((balance) => [balance.asset, balance]));
    for (const asset of new Set([...known.keys(), ...this.assets(owner)])) {
      const holding = this.holding(owner, asset);
      const is = known.get(asset);
      const { available = 0, reserved = 0, withdrawing = 0 } = is ?? {};
      const isSame =
        holding.of("available") === available &&
        holding.of("reserved") === reserved &&
        holding.of("withdrawing") === withdrawing &&
        holding.of("margin") === (is?.posted ?? 0) &&
        holding.of(onItsWay) === 0;
      if (!isSame) throw ledgerDiffers(owner, asset);
    }
  }

  /** Who is in no shard is between two, with all there is. */
  #checkAbsent(owner: AccountId): void {
    for (const asset of this.assets(owner)) {
      const holding = this.holding(owner, asset);
      if (holding.total !== holding.of(onItsWay)) throw ledgerDiffers(owner, asset);
    }
  }
}

function ledgerDiffers(owner: AccountId, asset: AssetId): ReportFault {
  const message = `the ${asset} of account ${owner} is not what all transfers add up to`;
  return new ReportFault("ledger-differs", message);
}
