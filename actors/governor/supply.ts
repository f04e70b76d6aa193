/**
 * Supply: the assets that there are, and every unit of them that was ever brought in.
 *
 * A deposit is counted here before its account is credited, so no account can ever hold more than a
 * ledger field does. The same reference is credited once.
 */
import { add, amountMax, assert, RejectReason, subtract } from "../../protocols/index.ts";
import type {
  AccountId,
  AddAsset,
  Amount,
  AssetId,
  BalanceView,
  Deposit,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { AssetLedger, ShardLedger } from "../ledger/asset-ledger.ts";
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
  /** Units that the venue holds on chains for those who trade, by asset. */
  readonly #held = new Map<AssetId, Amount>();

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
  }

  has(asset: AssetId): boolean {
    return this.#units.has(asset);
  }

  addAsset({ asset, decimals }: AddAsset, context: ActorContext): RejectReason {
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
    return answer(context, reason);
  }

  deposit(command: Deposit, context: ActorContext): RejectReason {
    const { account, asset, amount, reference } = command;
    const credited = this.#deposits.get(reference);
    if (credited !== undefined && isSameDeposit(credited, command)) {
      this.#tickets.answerWith(credited.ticket, context);
      return none;
    }
    const reason = this.#whyNotDeposit(command);
    if (reason !== none) return answer(context, reason);
    const units = this.#units.get(asset);
    assert(units !== undefined);
    this.#units.set(asset, add(units, amount));
    issue(context.ledgerOf(asset), amount);
    const ticket = this.#tickets.take(context, 1);
    this.#deposits.set(reference, { account, asset, amount, ticket });
    context.send({ kind: "credit-deposit", account, asset, amount, ticket });
    return none;
  }

  #whyNotDeposit({ account, asset, amount, reference }: Deposit): RejectReason {
    const units = this.#units.get(asset);
    if (!this.#register.accounts.has(account)) return RejectReason["account-unknown"];
    if (this.#deposits.has(reference)) return RejectReason["reference-reused"];
    if (units === undefined) return RejectReason["asset-unknown"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    if (!this.#mayIssue(asset, amount)) return RejectReason["supply-too-large"];
    return none;
  }

  // ---- Chains ------------------------------------------------------------------------------

  /** Whether so much more of an asset can be counted. */
  hasRoomFor(asset: AssetId, amount: Amount): boolean {
    const { issued, held } = this.broughtIn(asset);
    return add(add(issued, held), amount) <= amountMax;
  }

  /** Whether so much more can be issued: what has left by a chain makes no room for that. */
  #mayIssue(asset: AssetId, amount: Amount): boolean {
    const { issued } = this.broughtIn(asset);
    return this.hasRoomFor(asset, amount) && add(issued, amount) <= amountMax;
  }

  /** Units have come in from a chain, for some account. */
  receive(ledger: AssetLedger, amount: Amount): void {
    this.#held.set(ledger.asset, add(this.#held.get(ledger.asset) ?? 0, amount));
    takeIn(ledger, amount);
  }

  /** Units have gone out to a chain, from some account. */
  payOut(ledger: AssetLedger, amount: Amount): void {
    this.#held.set(ledger.asset, subtract(this.#held.get(ledger.asset) ?? 0, amount));
    takeIn(ledger, subtract(0, amount));
  }

  /** Has the ledger say where units came from that were here before it was. */
  restoreIssued(ledger: ShardLedger): void {
    for (const [asset, units] of this.#units) issue(ledger.of(asset), units);
    for (const [asset, units] of this.#held) takeIn(ledger.of(asset), units);
  }

  broughtIn(asset: AssetId): BroughtIn {
    return { issued: this.#units.get(asset) ?? 0, held: this.#held.get(asset) ?? 0 };
  }

  /** Units of every asset that were brought in and have not left, in the order of adding. */
  views(): readonly BalanceView[] {
    return [...this.#units].map(([asset, issued]) => {
      const available = add(issued, this.#held.get(asset) ?? 0);
      return { asset, available, reserved: 0 };
    });
  }

  snapshot(): SavedSupply {
    const deposits = [...this.#deposits].map(
      ([reference, { account, asset, amount, ticket }]) =>
        [reference, account, asset, amount, ticket] as const,
    );
    return [[...this.#units], deposits, [...this.#held]];
  }

  restore([units, deposits, held]: SavedSupply): void {
    assert(this.#units.size === 0);
    for (const [asset, amount] of units) this.#units.set(asset, amount);
    for (const [asset, amount] of held) this.#held.set(asset, amount);
    for (const [reference, account, asset, amount, ticket] of deposits) {
      this.#deposits.set(reference, { account, asset, amount, ticket });
    }
  }
}

/** What is issued is on its way to an account, of whichever shard. */
function issue(ledger: AssetLedger, amount: Amount): void {
  ledger.expect(amount);
  ledger.issuance.transfer(ledger.settlement, amount, "issue");
}

/** What comes in is on its way to an account; below zero, what goes out came from one. */
function takeIn(ledger: AssetLedger, amount: Amount): void {
  const { custody, settlement } = ledger;
  ledger.expect(amount);
  if (amount >= 0) custody.transfer(settlement, amount, "receipt");
  else settlement.transfer(custody, subtract(0, amount), "payout");
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
  held: readonly (readonly [AssetId, Amount])[],
];

/** Units of an asset, by how they came to be here. */
export interface BroughtIn {
  /** Administrators said so. */
  readonly issued: Amount;
  /** They came from a chain; below zero if more has gone there. */
  readonly held: Amount;
}
