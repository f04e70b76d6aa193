/**
 * Supply: the assets that there are, and every unit of them that was ever brought in.
 *
 * A deposit is counted here before its account is credited, so no account can ever hold more than a
 * ledger field does. The same reference is credited once.
 */
import { add, amountMax, assert, RejectReason } from "../../protocols/index.ts";
import type {
  AccountId,
  AddAsset,
  Amount,
  AssetId,
  BalanceView,
  Deposit,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Register } from "./register.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

/** What was deposited under a reference: the same again is the same deposit. */
interface Credited {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly ticket: number;
}

/** Decimal places of an asset: no ledger of 64 bits has use for more. */
const decimalsMax = 18;

const { none } = RejectReason;

export class Supply {
  readonly #register: Register;
  readonly #tickets: Tickets;
  /** Units that were ever deposited, by asset. */
  readonly #units = new Map<AssetId, Amount>();
  readonly #deposits = new Map<string, Credited>();

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
  }

  has(asset: AssetId): boolean {
    return this.#units.has(asset);
  }

  addAsset({ asset, decimals }: AddAsset, context: ActorContext): void {
    const reason = this.#units.has(asset)
      ? RejectReason["asset-exists"]
      : decimals < 0 || decimals > decimalsMax
        ? RejectReason["asset-terms-invalid"]
        : none;
    if (reason === none) {
      this.#units.set(asset, 0);
      for (let shard = 0; shard < context.shards; shard++) {
        context.send({ kind: "announce-asset", shard, asset, decimals });
      }
    }
    answer(context, reason);
  }

  deposit(command: Deposit, context: ActorContext): void {
    const { account, asset, amount, reference } = command;
    const credited = this.#deposits.get(reference);
    if (credited !== undefined && isSameDeposit(credited, command)) {
      this.#tickets.answerWith(credited.ticket, context);
      return;
    }
    const reason = this.#whyNotDeposit(command);
    if (reason !== none) {
      answer(context, reason);
      return;
    }
    const units = this.#units.get(asset);
    assert(units !== undefined);
    this.#units.set(asset, add(units, amount));
    const ticket = this.#tickets.take(context, 1);
    this.#deposits.set(reference, { account, asset, amount, ticket });
    context.send({ kind: "credit-deposit", account, asset, amount, ticket });
  }

  #whyNotDeposit({ account, asset, amount, reference }: Deposit): RejectReason {
    const units = this.#units.get(asset);
    if (!this.#register.accounts.has(account)) return RejectReason["account-unknown"];
    if (this.#deposits.has(reference)) return RejectReason["reference-reused"];
    if (units === undefined) return RejectReason["asset-unknown"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    if (add(units, amount) > amountMax) return RejectReason["supply-too-large"];
    return none;
  }

  /** Units of every asset that were brought in, in the order of adding. */
  views(): readonly BalanceView[] {
    return [...this.#units].map(([asset, available]) => ({ asset, available, reserved: 0 }));
  }

  snapshot(): SavedSupply {
    const deposits = [...this.#deposits].map(
      ([reference, { account, asset, amount, ticket }]) =>
        [reference, account, asset, amount, ticket] as const,
    );
    return [[...this.#units], deposits];
  }

  restore([units, deposits]: SavedSupply): void {
    assert(this.#units.size === 0);
    for (const [asset, amount] of units) this.#units.set(asset, amount);
    for (const [reference, account, asset, amount, ticket] of deposits) {
      this.#deposits.set(reference, { account, asset, amount, ticket });
    }
  }
}

function isSameDeposit(credited: Credited, { account, asset, amount }: Deposit): boolean {
  return credited.account === account && credited.asset === asset && credited.amount === amount;
}

type SavedDeposit = readonly [
  reference: string,
  AccountId,
  AssetId,
  amount: Amount,
  ticket: number,
];

export type SavedSupply = readonly [
  units: readonly (readonly [AssetId, Amount])[],
  deposits: readonly SavedDeposit[],
];
