/**
 * Sends what was approved of, and says how far it is. For each withdrawal in this order, whatever
 * comes in between:
 *
 *   the log says that sending has begun → the transfer is signed, and on disk → the chain has
 *   it → the log is told of its block → the log is told that it lies deep enough
 *
 * A transfer follows from its withdrawal: the same key signs the same bytes, which pay once.
 */
import type { Withdrawal } from "../../protocols/api/custody-requests.ts";
import type { Chain, SubmissionRefusal } from "./chain/chain.ts";
import { nonceOf, signTransfer } from "./chain/transfer.ts";
import type { Exchange, Policy, Tell } from "./exchange.ts";
import type { SignedTransfers, SentTransfer, WithdrawalName } from "./signed-transfers.ts";
import type { Signer } from "./signing/signer.ts";

export interface SenderParts {
  readonly exchange: Exchange;
  readonly chain: Chain;
  readonly signed: SignedTransfers;
  /** Of the hot wallet. */
  readonly signer: Signer;
  /** Under which name it sends: other withdrawals of the same number are another venue's. */
  readonly venue: string;
  readonly tell: Tell;
}

/** So many blocks below what the rules ask for, nothing is expected to be displaced. */
export const buriedBelow = 100;

type Step = "begun" | "broadcast" | "displaced" | "confirmed" | "failed";

export class WithdrawalSender {
  readonly #parts: SenderParts;
  /** What was told of that is looked at again and again. */
  readonly #told = new Set<string>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** One look at all that are not over, oldest first. */
  async look(open: readonly Withdrawal[], policy: Policy): Promise<void> {
    for (const withdrawal of open) {
      if (withdrawal.asset === policy.asset) await this.#advance(withdrawal, policy);
    }
    await this.#sendAgain(open, policy);
  }

  async #advance(withdrawal: Withdrawal, policy: Policy): Promise<void> {
    switch (withdrawal.status) {
      case "approved":
        if (await this.#say(withdrawal, "begun")) await this.#send(withdrawal);
        return;
      case "sending":
        await this.#send(withdrawal);
        return;
      case "sent":
        await this.#follow(withdrawal, policy);
        return;
      default:
      // It waits for approvals, or is over.
    }
  }

  async #send(withdrawal: Withdrawal): Promise<void> {
    const { chain, signed } = this.#parts;
    const sent =
      signed.of(withdrawal) ?? (await signed.keep(withdrawal, await this.#sign(withdrawal)));
    if (!isFor(withdrawal, sent)) {
      this.#tellOnce(withdrawal, { kind: "signed-for-others", level: "error" });
      return;
    }
    const answer = await chain.submit(sent.transfer);
    if (answer.kind === "refused") await this.#refused(withdrawal, answer.why);
    else if ((await this.#depthOf(sent.transaction)) > 0) {
      await this.#say(withdrawal, "broadcast", sent.transaction);
    }
  }

  #sign({ asset, account, number, address, amount }: Withdrawal) {
    const { signer, venue } = this.#parts;
    const name = JSON.stringify(["outcry withdrawal", venue, asset, account, number]);
    return signTransfer(signer, { nonce: nonceOf(name), outputs: [{ address, amount }] });
  }

  /** Given back only where no chain can ever have it; of anything else somebody has to know. */
  async #refused(withdrawal: Withdrawal, why: SubmissionRefusal): Promise<void> {
    const { signed } = this.#parts;
    if (why === "balance-too-small") this.#tellOnce(withdrawal, { kind: "withdrawal-waits", why });
    else this.#tellOnce(withdrawal, { kind: "withdrawal-refused", level: "error", why });
    if (why !== "address-wrong") return;
    if (await this.#say(withdrawal, "failed", withdrawal.transaction)) signed.forget(withdrawal);
  }

  async #follow(withdrawal: Withdrawal, { confirmations }: Policy): Promise<void> {
    const { transaction } = withdrawal;
    const depth = await this.#depthOf(transaction);
    if (depth === 0) await this.#say(withdrawal, "displaced", transaction);
    else if (depth >= confirmations) await this.#say(withdrawal, "confirmed", transaction);
  }

  /** What the log has done with may be displaced all the same: it is the chain's that has to follow. */
  async #sendAgain(open: readonly Withdrawal[], { confirmations }: Policy): Promise<void> {
    const { chain, signed } = this.#parts;
    const over = signed.all().filter((sent) => !open.some((each) => isOf(sent, each)));
    const depths = await chain.confirmations(over.map(({ transaction }) => transaction));
    for (const [index, sent] of over.entries()) {
      const depth = depths[index] ?? 0;
      if (depth >= confirmations + buriedBelow) signed.forget(sent);
      if (depth > 0) continue;
      const answer = await chain.submit(sent.transfer);
      // Failed, and given back: whoever said so was killed before it was forgotten here.
      if (answer.kind === "refused" && answer.why === "address-wrong") signed.forget(sent);
      else this.#tellOnce(sent, { kind: "completed-displaced", level: "error" });
    }
  }

  #tellOnce({ account, number }: WithdrawalName, event: Parameters<Tell>[0]): void {
    const told = JSON.stringify([account, number, event]);
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#parts.tell({ ...event, account, number });
  }

  async #depthOf(transaction: string): Promise<number> {
    const [depth = 0] = await this.#parts.chain.confirmations([transaction]);
    return depth;
  }

  async #say(withdrawal: Withdrawal, step: Step, transaction = ""): Promise<boolean> {
    const { exchange, tell } = this.#parts;
    const { account, number } = withdrawal;
    const named = transaction === "" ? {} : { transaction };
    const reply = await exchange.advance({ account, number, step, ...named, reason: "custodian" });
    if (reply.ok) {
      tell({ kind: "withdrawal-advanced", account, number, step, ...named });
      return true;
    }
    const why = reply.error.name;
    this.#tellOnce(withdrawal, { kind: "withdrawal-not-advanced", level: "error", step, why });
    return false;
  }
}

/** What was signed for another exchange's withdrawal of that number is no payment of this one. */
function isFor({ address, amount }: Withdrawal, { transfer }: SentTransfer): boolean {
  const [output, more] = transfer.outputs;
  return more === undefined && output?.address === address && output.amount === amount;
}

function isOf(sent: SentTransfer, { account, number }: WithdrawalName): boolean {
  return sent.account === account && sent.number === number;
}
