/**
 * Says what comes in: each output to an address that was assigned, when it is in a block, when it
 * lies deep enough, and when its block was displaced. What the exchange knows already is asked of
 * it, so whoever is started anew says what it has missed and nothing else.
 */
import type { DepositsReply } from "../../protocols/api/custody-requests.ts";
import type { AccountId } from "../../protocols/index.ts";
import { tagged } from "./chain/address.ts";
import type { Chain, PlacedOutput } from "./chain/chain.ts";
import type { Exchange, Policy, Tell } from "./exchange.ts";
import type { HeightFile } from "./height-file.ts";
import { buriedBelow } from "./withdrawal-sender.ts";

type Deposit = DepositsReply["deposits"][number];
type Output = Pick<Deposit, "asset" | "address" | "amount" | "transaction" | "output">;
type Status = Deposit["status"];

export interface WatcherParts {
  readonly exchange: Exchange;
  readonly chain: Chain;
  /** Up to where all blocks were told of. */
  readonly told: HeightFile;
  /** All of ours of the asset; deposits come to tags of the first. */
  readonly wallets: readonly string[];
  readonly tell: Tell;
}

/** Blocks that were told of are looked at again for so long: others may have taken their place. */
const lookedAtAgain = 1000;

export class DepositWatcher {
  readonly #parts: WatcherParts;
  /** Deposits that lie so deep that they are looked at no more. */
  readonly #buried = new Set<string>();
  /** Outputs to nobody's addresses that were told of. */
  readonly #unassigned = new Set<string>();

  constructor(parts: WatcherParts) {
    this.#parts = parts;
  }

  /** One look at the chain, from where all was told. */
  async look(known: DepositsReply, policy: Policy): Promise<void> {
    const { chain, told, wallets } = this.#parts;
    const { asset } = policy;
    const height = await chain.height();
    const assigned = new Set(known.addresses.filter(of(asset)).map(({ address }) => address));
    const deposits = new Map(
      known.deposits.filter(of(asset)).map((each) => [nameOf(each), each] as const),
    );
    const seen = await chain.outputsAbove(Math.max(0, told.height - lookedAtAgain), wallets);
    this.#tellOfUnassigned(
      seen.filter(({ address }) => !assigned.has(address)),
      asset,
    );
    const found = new Map<string, { output: Output; status: Status | undefined }>();
    for (const [name, output] of deposits) found.set(name, { output, status: output.status });
    for (const each of seen.filter(({ address }) => assigned.has(address))) {
      const name = nameOf(each);
      const status = deposits.get(name)?.status;
      found.set(name, { output: outputOf(asset, each), status });
    }
    await this.#tellOf([...found.values()], policy);
    await told.keep(height);
  }

  /** To a tag that nobody has: nobody's, until a quorum says whose. To a wallet itself is the venue's. */
  #tellOfUnassigned(outputs: readonly PlacedOutput[], asset: string): void {
    for (const output of outputs) {
      const name = nameOf(output);
      if (this.#parts.wallets.includes(output.address) || this.#unassigned.has(name)) continue;
      this.#unassigned.add(name);
      this.#parts.tell({ kind: "deposit-unassigned", ...outputOf(asset, output) });
    }
  }

  async #tellOf(
    found: readonly { readonly output: Output; readonly status: Status | undefined }[],
    { confirmations }: Policy,
  ): Promise<void> {
    const open = found.filter(({ output }) => !this.#buried.has(nameOf(output)));
    const depths = await this.#parts.chain.confirmations(
      open.map(({ output }) => output.transaction),
    );
    for (const [index, { output, status }] of open.entries()) {
      const depth = depths[index] ?? 0;
      await this.#tell(output, { status, depth, confirmations });
      if (depth >= confirmations + buriedBelow) this.#buried.add(nameOf(output));
    }
  }

  async #tell(output: Output, { status, depth, confirmations }: Standing): Promise<void> {
    const isNews = status === undefined || status === "orphaned" || status === "lost";
    if (depth === 0) {
      if (status === "seen" || status === "credited") await this.#say(output, "orphaned", 0);
      return;
    }
    if (isNews && !(await this.#say(output, "seen", depth))) return;
    const isCreditable = status === undefined || status === "orphaned" || status === "seen";
    if (isCreditable && depth >= confirmations) await this.#say(output, "confirmed", depth);
  }

  async #say(
    { asset, address, amount, transaction, output }: Output,
    step: "seen" | "confirmed" | "orphaned",
    confirmations: number,
  ): Promise<boolean> {
    const { exchange, tell } = this.#parts;
    const what = { asset, address, amount, transaction, output, step, confirmations };
    const reply = await exchange.reportDeposit({ ...what, reason: "custodian" });
    if (reply.ok) tell({ ...what, kind: "deposit-told" });
    else tell({ ...what, kind: "deposit-not-taken", level: "error", why: reply.error.name });
    return reply.ok;
  }

  /** Every account has an address. */
  async assign(
    accounts: readonly AccountId[],
    { addresses }: DepositsReply,
    { asset }: Policy,
  ): Promise<void> {
    const { exchange, tell, wallets } = this.#parts;
    const have = new Set(addresses.filter(of(asset)).map(({ account }) => account));
    for (const account of accounts.filter((each) => !have.has(each))) {
      const address = tagged(wallets[0] ?? "", account);
      const reply = await exchange.assignAddress({ account, asset, address, reason: "custodian" });
      if (reply.ok) tell({ kind: "address-assigned", account, asset, address });
      else tell({ kind: "address-not-assigned", level: "error", account, why: reply.error.name });
    }
  }
}

interface Standing {
  readonly status: Status | undefined;
  readonly depth: number;
  readonly confirmations: number;
}

function of(asset: string) {
  return (each: { readonly asset: string }): boolean => each.asset === asset;
}

function nameOf({ transaction, output }: Pick<Output, "transaction" | "output">): string {
  return `${transaction}:${String(output)}`;
}

function outputOf(asset: string, { address, amount, transaction, output }: PlacedOutput): Output {
  return { asset, address, amount, transaction, output };
}
