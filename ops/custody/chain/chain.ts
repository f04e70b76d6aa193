/**
 * A chain, as far as a custodian has to do with one: what it watches, and what it sends to. An
 * adapter for a real chain is one of these; `chain.conformance.ts` is what it keeps to.
 *
 * Transfers are unlike each other by sender and nonce: a chain takes one for good of each pair.
 * So whoever is not sure whether a transfer was sent sends the very same bytes again, and has not
 * paid twice. (Algorand calls such a nonce a lease; elsewhere an account's counter or the outputs
 * that are spent do the same.)
 */

/** Amounts are units in decimal digits, as the exchange's API has them. */
export interface Output {
  readonly address: string;
  readonly amount: string;
}

/** What is signed. */
export interface Transfer {
  /** The sender's public key, in hexadecimal digits. */
  readonly from: string;
  /** 64 hexadecimal digits. */
  readonly nonce: string;
  readonly outputs: readonly Output[];
}

export interface SignedTransfer extends Transfer {
  readonly signature: string;
}

export interface PlacedOutput extends Output {
  readonly transaction: string;
  /** Which output of the transaction, from 0. */
  readonly output: number;
  /** Of the block that it is in. */
  readonly height: number;
}

/** Why a transfer is not taken. */
export type SubmissionRefusal =
  /** It can never be taken: not in its form, by its signature, or to where nobody can be. */
  | "malformed"
  | "signature-wrong"
  | "address-wrong"
  /** There is another one of this sender and nonce. */
  | "nonce-used"
  /** It may be taken later. */
  | "balance-too-small";

export type Submission =
  /** It waits for a block, or is in one. */
  | { readonly kind: "taken"; readonly transaction: string }
  | { readonly kind: "refused"; readonly why: SubmissionRefusal };

/** Whoever is asked may be gone: each rejects with {@link ChainUnreachable}. */
export interface Chain {
  /** Of the newest block; 0 for a chain that has none. */
  height(): Promise<number>;
  /** The same one again is the same one, in a block or not. */
  submit(transfer: SignedTransfer): Promise<Submission>;
  /** What blocks above that height have for these wallets, oldest first, tags and all. */
  outputsAbove(height: number, wallets: readonly string[]): Promise<readonly PlacedOutput[]>;
  /** Of each transaction, how many blocks it lies under, its own included; 0 if it is in none. */
  confirmations(transactions: readonly string[]): Promise<readonly number[]>;
  /** What each wallet has in blocks. */
  balances(wallets: readonly string[]): Promise<readonly string[]>;
}

export class ChainUnreachable extends Error {
  override readonly name = "ChainUnreachable";
  readonly code = "chain-unreachable";
  readonly disposition = "retry";
}
