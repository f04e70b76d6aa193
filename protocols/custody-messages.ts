/** What is said about deposits and withdrawals: the part of `messages.ts` that custody is. */
import type { Approvable } from "./approvals.ts";
import type { ChainOutput, CustodyPolicy, CustodyTerms } from "./custody.ts";
import type { DepositStep, WithdrawalStep } from "./custody.ts";
import type { SweepStep, SweepTerms } from "./sweeps.ts";
import type { AccountId, AssetId, ShardId } from "./identifiers.ts";
import type { Amount } from "./units.ts";

// ---- To an account, from a gateway ---------------------------------------------------------

/**
 * Sets units aside to be sent to an address that the account may withdraw to. The answer's detail
 * is the withdrawal's number. The same `reference` is the same request.
 */
export interface RequestWithdrawal {
  readonly kind: "request-withdrawal";
  readonly account: AccountId;
  readonly reference: string;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly address: string;
}

/** Takes a withdrawal back that was not begun to be sent. */
export interface CancelWithdrawal {
  readonly kind: "cancel-withdrawal";
  readonly account: AccountId;
  readonly number: number;
}

/** Has the account withdraw to an address once it has cooled off. */
export interface AllowAddress {
  readonly kind: "allow-address";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly address: string;
}

export interface ForgetAddress {
  readonly kind: "forget-address";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly address: string;
}

// ---- From an administrator -----------------------------------------------------------------

interface Commanded extends Approvable {
  readonly author: string;
  readonly reason: string;
}

/** Sets the rules of an asset, at the governor: what was not sent by then is voided. */
export interface SetCustodyPolicy extends CustodyTerms, Commanded {
  readonly kind: "set-custody-policy";
}

/** What a withdrawal is: said again, so that who approves of it signs for that. */
interface NamedWithdrawal {
  readonly account: AccountId;
  readonly number: number;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly address: string;
}

/** Lets a withdrawal be sent, approved of by as many as its rules ask for. */
export interface ReleaseWithdrawal extends NamedWithdrawal, Commanded {
  readonly kind: "release-withdrawal";
}

/** Gives back what was set aside for it. */
export interface RefuseWithdrawal extends NamedWithdrawal, Commanded {
  readonly kind: "refuse-withdrawal";
}

// ---- From the custodian --------------------------------------------------------------------

/** How far a withdrawal is on its way to the chain. */
export interface AdvanceWithdrawal extends Commanded {
  readonly kind: "advance-withdrawal";
  readonly account: AccountId;
  readonly number: number;
  readonly step: WithdrawalStep;
  /** "" before it has one. */
  readonly transaction: string;
}

/** What comes to this address is an account's, for good. */
export interface AssignDepositAddress extends Commanded {
  readonly kind: "assign-deposit-address";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly address: string;
}

/** What the chain says of an output to one of these addresses. */
export interface ReportDeposit extends ChainOutput, Commanded {
  readonly kind: "report-deposit";
  readonly asset: AssetId;
  readonly address: string;
  readonly amount: Amount;
  readonly step: DepositStep;
  /** Blocks that it lies under, its own included; 0 where it is in none. */
  readonly confirmations: number;
}

// ---- Between wallets ------------------------------------------------------------------------

/**
 * Asks for something to be moved between wallets of an asset. The answer's detail is the sweep's
 * number. The same `reference` is the same request.
 */
export interface ProposeSweep extends SweepTerms, Commanded {
  readonly kind: "propose-sweep";
  readonly reference: string;
}

/** Lets a sweep be sent, approved of by a quorum. It says again what the sweep is. */
export interface ReleaseSweep extends SweepTerms, Commanded {
  readonly kind: "release-sweep";
  readonly number: number;
}

/** The custodian, or an approver for a wallet whose key is elsewhere, says what became of it. */
export interface AdvanceSweep extends Commanded {
  readonly kind: "advance-sweep";
  readonly asset: AssetId;
  readonly number: number;
  readonly step: SweepStep;
  /** "" before it has one. */
  readonly transaction: string;
}

// ---- Between actors ------------------------------------------------------------------------

/** From the governor to each shard: these are the rules from now on. */
export interface AnnounceCustodyPolicy {
  readonly kind: "announce-custody-policy";
  readonly shard: ShardId;
  readonly policy: CustodyPolicy;
  readonly ticket: number;
}

/** From an account to the governor: so much has left the venue. */
export interface WithdrawalSettled {
  readonly kind: "withdrawal-settled";
  readonly asset: AssetId;
  readonly amount: Amount;
}

/** What an account asks for itself. */
export type CustodyRequest = RequestWithdrawal | CancelWithdrawal | AllowAddress | ForgetAddress;
/** What administrators and the custodian say to an account. */
export type WithdrawalCommand = ReleaseWithdrawal | RefuseWithdrawal | AdvanceWithdrawal;
/** What they say to the governor. */
export type CustodyCommand =
  | SetCustodyPolicy
  | AssignDepositAddress
  | ReportDeposit
  | ProposeSweep
  | ReleaseSweep
  | AdvanceSweep;
