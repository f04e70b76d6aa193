/**
 * A chain that does on demand what chains do when nobody wants it: blocks come, are displaced by
 * others, and transactions are lost and found again.
 *
 * Whatever changes it is an act; the same acts make the same chain, so a journal of them is all
 * that has to be kept. Signatures, nonces and balances are those of a chain that means it.
 *
 * Invariant: no wallet has less than nothing, and all have together what was issued in blocks.
 */
import { assert } from "../../../protocols/assert.ts";
import { walletIn, walletOf } from "./address.ts";
import type { Chain, Output, PlacedOutput, SignedTransfer, Submission, Transfer } from "./chain.ts";
import type { ChainAct, Issue } from "./chain-act.ts";
import { totalOf, transactionOf, whyNeverTaken } from "./transfer.ts";

interface Transaction {
  readonly id: string;
  /** The wallet that pays; undefined where units come from outside. */
  readonly payer: string | undefined;
  readonly nonceKey: string;
  readonly outputs: readonly Output[];
}

/** What an act came to. */
export type ActResult =
  | Submission
  | { readonly kind: "done"; readonly height: number }
  | { readonly kind: "unknown"; readonly transaction: string };

export class SimulatedChain implements Chain {
  /** The first has height 1. */
  readonly #blocks: Transaction[][] = [];
  readonly #waiting = new Map<string, Transaction>();
  /** Not waiting for a block, but somebody still has it. */
  readonly #lost = new Map<string, Transaction>();
  readonly #heights = new Map<string, number>();
  readonly #balances = new Map<string, bigint>();
  /** By sender and nonce: which transaction has it, in a block or not. */
  readonly #nonces = new Map<string, string>();
  readonly #keep: (act: ChainAct) => void;

  /**
   * @param before the acts that made it what it is
   * @param keep is called with each act before it is done
   */
  constructor(before: Iterable<ChainAct> = [], keep: (act: ChainAct) => void = () => undefined) {
    this.#keep = () => undefined;
    for (const act of before) this.act(act);
    this.#keep = keep;
  }

  act(act: ChainAct): ActResult {
    switch (act.kind) {
      case "submit":
        return this.#submit(act.transfer);
      case "issue":
        return this.#issue(act);
      case "mine":
        this.#keep(act);
        for (let count = 0; count < act.blocks; count++) this.#mine();
        return this.#done();
      case "reorganize":
        return this.#reorganize(act);
      case "lose":
        return this.#move(act, { from: this.#waiting, to: this.#lost });
      case "find":
        return this.#move(act, { from: this.#lost, to: this.#waiting });
    }
  }

  // ---- What custodians ask -----------------------------------------------------------------

  async height(): Promise<number> {
    return this.#blocks.length;
  }

  async submit(transfer: SignedTransfer): Promise<Submission> {
    return this.#submit(transfer);
  }

  async outputsAbove(height: number, wallets: readonly string[]): Promise<readonly PlacedOutput[]> {
    const asked = new Set(wallets);
    const blocks = this.#blocks.slice(Math.max(0, height));
    return blocks.flatMap((block, index) =>
      block.flatMap(({ id, outputs }) =>
        outputs
          .map((each, output) => ({ ...each, transaction: id, output }))
          .filter(({ address }) => asked.has(walletIn(address) ?? ""))
          .map((each) => ({ ...each, height: Math.max(0, height) + index + 1 })),
      ),
    );
  }

  async confirmations(transactions: readonly string[]): Promise<readonly number[]> {
    return transactions.map((id) => {
      const height = this.#heights.get(id);
      return height === undefined ? 0 : this.#blocks.length - height + 1;
    });
  }

  async balances(wallets: readonly string[]): Promise<readonly string[]> {
    return wallets.map((wallet) => String(this.#balanceOf(wallet)));
  }

  /** What all wallets have together. */
  total(): bigint {
    return [...this.#balances.values()].reduce((total, balance) => total + balance, 0n);
  }

  // ---- Transactions ------------------------------------------------------------------------

  #submit(transfer: SignedTransfer): Submission {
    const why = whyNeverTaken(transfer) ?? this.#whyNotNow(transfer);
    if (why !== undefined) return { kind: "refused", why };
    const transaction = transactionIn(transfer);
    const { id } = transaction;
    if (this.#isNews(id)) {
      this.#keep({ kind: "submit", transfer });
      this.#wait(transaction);
    }
    return { kind: "taken", transaction: id };
  }

  #whyNotNow(transfer: SignedTransfer) {
    const { id, nonceKey, payer, outputs } = transactionIn(transfer);
    const holder = this.#nonces.get(nonceKey);
    if (holder !== undefined && holder !== id) return "nonce-used" as const;
    if (!this.#isNews(id)) return undefined;
    const waiting = [...this.#waiting.values()].filter((each) => each.payer === payer);
    const spoken = waiting.reduce((total, each) => total + totalOf(each.outputs), 0n);
    const isEnough = this.#balanceOf(payer ?? "") >= spoken + totalOf(outputs);
    return isEnough ? undefined : ("balance-too-small" as const);
  }

  /** Units from outside, as whoever else uses the chain has them. */
  #issue(act: Issue): Submission {
    if (!act.outputs.every(({ address }) => walletIn(address) !== undefined)) {
      return { kind: "refused", why: "address-wrong" };
    }
    const { nonce, outputs } = act;
    const id = transactionOf({ from: "", nonce, outputs });
    const nonceKey = `outside ${nonce}`;
    const holder = this.#nonces.get(nonceKey);
    if (holder !== undefined && holder !== id) return { kind: "refused", why: "nonce-used" };
    if (this.#isNews(id)) {
      this.#keep(act);
      this.#wait({ id, payer: undefined, nonceKey, outputs });
    }
    return { kind: "taken", transaction: id };
  }

  #isNews(id: string): boolean {
    return !this.#waiting.has(id) && !this.#heights.has(id);
  }

  #wait(transaction: Transaction): void {
    const { id, nonceKey } = transaction;
    this.#lost.delete(id);
    this.#waiting.set(id, transaction);
    this.#nonces.set(nonceKey, id);
  }

  #move(act: ChainAct & { readonly transaction: string }, { from, to }: Places): ActResult {
    const { transaction: id } = act;
    const transaction = from.get(id);
    if (transaction === undefined) return { kind: "unknown", transaction: id };
    this.#keep(act);
    from.delete(id);
    to.set(id, transaction);
    return this.#done();
  }

  // ---- Blocks ------------------------------------------------------------------------------

  /** Whatever waits and can be paid, in the order of coming. */
  #mine(): void {
    const block: Transaction[] = [];
    for (const transaction of this.#waiting.values()) {
      const { id, payer, outputs } = transaction;
      if (payer !== undefined && this.#balanceOf(payer) < totalOf(outputs)) continue;
      this.#waiting.delete(id);
      this.#heights.set(id, this.#blocks.length + 1);
      this.#apply(transaction, 1n);
      block.push(transaction);
    }
    this.#blocks.push(block);
  }

  /** The newest blocks are displaced by one more than there were. */
  #reorganize(act: ChainAct & { readonly kind: "reorganize" }): ActResult {
    this.#keep(act);
    const depth = Math.min(act.depth, this.#blocks.length);
    const without = new Set(act.without);
    const displaced = this.#blocks.splice(this.#blocks.length - depth);
    for (const transaction of displaced.flat().reverse()) {
      this.#heights.delete(transaction.id);
      this.#apply(transaction, -1n);
    }
    for (const transaction of displaced.flat()) {
      const to = without.has(transaction.id) ? this.#lost : this.#waiting;
      to.set(transaction.id, transaction);
    }
    for (let count = 0; count <= depth; count++) this.#mine();
    return this.#done();
  }

  #apply({ payer, outputs }: Transaction, sign: 1n | -1n): void {
    const changes = outputs.map(({ address, amount }) => ({
      wallet: walletIn(address) ?? "",
      change: sign * BigInt(amount),
    }));
    if (payer !== undefined) changes.push({ wallet: payer, change: -sign * totalOf(outputs) });
    for (const { wallet, change } of changes) {
      this.#balances.set(wallet, this.#balanceOf(wallet) + change);
    }
    // What pays itself is below nothing for a moment: looked at when all of it has happened.
    for (const { wallet } of changes) assert(this.#balanceOf(wallet) >= 0n);
  }

  #balanceOf(wallet: string): bigint {
    return this.#balances.get(wallet) ?? 0n;
  }

  #done(): ActResult {
    return { kind: "done", height: this.#blocks.length };
  }
}

interface Places {
  readonly from: Map<string, Transaction>;
  readonly to: Map<string, Transaction>;
}

function transactionIn(transfer: Transfer): Transaction {
  const { from, nonce, outputs } = transfer;
  return {
    ...{ id: transactionOf(transfer), payer: walletOf(from), outputs },
    nonceKey: `${from} ${nonce}`,
  };
}
