/**
 * What was signed for withdrawals, a file each: on disk before a chain sees it, so that whoever is
 * killed and started anew sends the same bytes, whatever has become of keys meanwhile.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { replaceDurably } from "../../cluster/durable-file.ts";
import type { Withdrawal } from "../../protocols/api/custody-requests.ts";
import type { SignedTransfer } from "./chain/chain.ts";
import { isSignedTransfer, transactionOf } from "./chain/transfer.ts";

export type WithdrawalName = Pick<Withdrawal, "account" | "number">;

export interface SentTransfer extends WithdrawalName {
  readonly transaction: string;
  readonly transfer: SignedTransfer;
}

export class SignedMalformed extends Error {
  override readonly name = "SignedMalformed";
  readonly code = "signed-malformed";
}

/** An account's name has no dot. */
const fileForm = /^([a-z0-9-]+)\.([0-9]+)\.json$/;

export class SignedTransfers {
  readonly #folder: string;
  readonly #sent = new Map<string, SentTransfer>();

  /** Throws {@link SignedMalformed}: what cannot be read may have been sent. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(folder)) {
      const [, account, number] = fileForm.exec(file) ?? [];
      if (account === undefined) continue;
      const transfer = transferIn(join(folder, file));
      this.#take({ account, number: Number(number) }, transfer);
    }
  }

  of(withdrawal: WithdrawalName): SentTransfer | undefined {
    return this.#sent.get(fileOf(withdrawal));
  }

  all(): readonly SentTransfer[] {
    return [...this.#sent.values()];
  }

  /** Resolves when it is on disk. */
  async keep(withdrawal: WithdrawalName, transfer: SignedTransfer): Promise<SentTransfer> {
    const text = Buffer.from(`${JSON.stringify(transfer)}\n`);
    await replaceDurably(join(this.#folder, fileOf(withdrawal)), [text]);
    return this.#take(withdrawal, transfer);
  }

  /** It lies so deep, or is refused for so good a reason, that it is sent no more. */
  forget(withdrawal: WithdrawalName): void {
    rmSync(join(this.#folder, fileOf(withdrawal)), { force: true });
    this.#sent.delete(fileOf(withdrawal));
  }

  #take({ account, number }: WithdrawalName, transfer: SignedTransfer): SentTransfer {
    const sent = { account, number, transfer, transaction: transactionOf(transfer) };
    this.#sent.set(fileOf(sent), sent);
    return sent;
  }
}

function fileOf({ account, number }: WithdrawalName): string {
  return `${account}.${String(number)}.json`;
}

function transferIn(path: string): SignedTransfer {
  try {
    const transfer: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isSignedTransfer(transfer)) return transfer;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SignedMalformed(`${path} holds no transfer, and may be that of one that was sent`);
}
