/**
 * Moves between wallets what was approved of, once: as withdrawals are sent, with the log told
 * before anything may be on the chain. What should be moved is proposed here, one sweep of an
 * asset at a time.
 */
import type { SweepInLog, SweepsReply } from "../../protocols/api/custody-requests.ts";
import type { Chain } from "./chain/chain.ts";
import { nonceOf, signTransfer } from "./chain/transfer.ts";
import type { Exchange, Policy, Tell } from "./exchange.ts";
import type { SentTransfer, SignedTransfers } from "./signed-transfers.ts";
import type { Signer } from "./signing/signer.ts";
import { sweepsFor } from "./sweeps.ts";
import type { WalletsOfAsset } from "./wallets.ts";

export interface SweepParts {
  readonly exchange: Exchange;
  readonly chain: Chain;
  readonly signed: SignedTransfers;
  readonly wallets: WalletsOfAsset;
  /** By the name of the wallet; those whose key is to be had here. */
  readonly signers: ReadonlyMap<string, Signer>;
  readonly venue: string;
  readonly tell: Tell;
}

const isOpen = ({ status }: SweepInLog): boolean =>
  status === "proposed" || status === "approved" || status === "sending";

export class SweepSender {
  readonly #parts: SweepParts;
  readonly #told = new Set<string>();

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  /** Sends on what is open; where nothing is, proposes what should be moved. */
  async look({ sweeps }: SweepsReply, policy: Policy): Promise<void> {
    const ours = sweeps.filter(({ asset }) => asset === policy.asset);
    const open = ours.filter(isOpen);
    for (const sweep of open) await this.#advance(sweep, policy);
    if (open.length === 0) await this.#propose(ours.length + 1);
  }

  async #propose(number: number): Promise<void> {
    const { chain, exchange, wallets: ours, tell } = this.#parts;
    const { asset, wallets } = ours;
    const balances = await chain.balances(wallets.map(({ address }) => address));
    const filled = wallets.map((wallet, at) => ({ wallet, balance: BigInt(balances[at] ?? "0") }));
    const [wanted] = sweepsFor(filled);
    if (wanted === undefined) return;
    const { from, to, amount, why } = wanted;
    const moved = { asset, from, to, amount: String(amount) };
    // By its number it is the same however often it is said: nobody else proposes any.
    const reference = `sweep-${String(number)}`;
    const reply = await exchange.proposeSweep({ ...moved, reference, reason: why });
    if (reply.ok) tell({ kind: "sweep-proposed", ...moved, reference, why });
    else this.#tellOnce({ kind: "sweep-not-taken", level: "error", why: reply.error.name }, number);
  }

  async #advance(sweep: SweepInLog, policy: Policy): Promise<void> {
    if (sweep.status === "proposed") return;
    const signer = this.#parts.signers.get(sweep.from);
    if (signer === undefined) {
      this.#tellOnce({ kind: "sweep-needs-key", from: sweep.from }, sweep.number);
      return;
    }
    if (sweep.status === "approved" && !(await this.#say(sweep, "begun"))) return;
    await this.#send(sweep, { signer, policy });
  }

  async #send(
    sweep: SweepInLog,
    { signer, policy }: { readonly signer: Signer; readonly policy: Policy },
  ): Promise<void> {
    const { chain, signed, wallets } = this.#parts;
    const address = wallets.wallets.find(({ name }) => name === sweep.to)?.address;
    if (address === undefined) {
      this.#tellOnce({ kind: "sweep-to-nowhere", level: "error", to: sweep.to }, sweep.number);
      return;
    }
    const name = nameOf(sweep);
    const sent =
      signed.of(name) ?? (await signed.keep(name, await this.#sign(sweep, { signer, address })));
    if (!isFor(sweep, sent)) {
      this.#tellOnce({ kind: "signed-for-others", level: "error" }, sweep.number);
      return;
    }
    const answer = await chain.submit(sent.transfer);
    if (answer.kind === "refused") {
      this.#tellOnce({ kind: "sweep-waits", why: answer.why }, sweep.number);
      return;
    }
    const [depth = 0] = await chain.confirmations([sent.transaction]);
    if (depth < policy.confirmations) return;
    if (await this.#say(sweep, "done", sent.transaction)) signed.forget(name);
  }

  #sign(
    { asset, number, amount }: SweepInLog,
    { signer, address }: { readonly signer: Signer; readonly address: string },
  ) {
    const { venue } = this.#parts;
    const nonce = nonceOf(JSON.stringify(["outcry sweep", venue, asset, number]));
    return signTransfer(signer, { nonce, outputs: [{ address, amount }] });
  }

  async #say(sweep: SweepInLog, step: "begun" | "done", transaction = ""): Promise<boolean> {
    const { exchange, tell } = this.#parts;
    const { asset, number } = sweep;
    const named = transaction === "" ? {} : { transaction };
    const said = { asset, number, step, ...named };
    const reply = await exchange.advanceSweep({ ...said, reason: "custodian" });
    if (reply.ok) tell({ kind: "sweep-advanced", ...said });
    else this.#tellOnce({ kind: "sweep-not-taken", level: "error", why: reply.error.name }, number);
    return reply.ok;
  }

  #tellOnce(event: Parameters<Tell>[0], number: number): void {
    const { asset } = this.#parts.wallets;
    const told = JSON.stringify([asset, number, event]);
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#parts.tell({ ...event, asset, number });
  }
}

/** In a folder of their own: no account is meant. */
function nameOf({ number }: SweepInLog) {
  return { account: "sweep", number };
}

/** What was signed for another exchange's sweep of that number is none of this one. */
function isFor({ amount }: SweepInLog, { transfer }: SentTransfer): boolean {
  const [output, more] = transfer.outputs;
  return more === undefined && output?.amount === amount;
}
