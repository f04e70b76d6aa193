/**
 * What there is to be seen of a custodian's work with one asset: what is under way, what its wallets
 * have against their bounds, and how often the chain took something back. As of its last look.
 */
import type { DepositsReply, Withdrawal } from "../../protocols/api/custody-requests.ts";
import type { Chain } from "./chain/chain.ts";
import type { Tell } from "./exchange.ts";
import type { HeightFile } from "./height-file.ts";
import type { Wallet, WalletsOfAsset } from "./wallets.ts";

type Deposits = DepositsReply["deposits"];

/** Amounts are units in decimal digits. */
export interface WalletStatus extends Pick<Wallet, "name" | "tier" | "least" | "most"> {
  readonly balance: string;
}

export interface AssetStatus {
  readonly asset: string;
  /** Blocks of the chain, and how many of them it has looked at. */
  readonly height: number;
  readonly told: number;
  /** By status, those that are not over. */
  readonly withdrawals: Readonly<Record<WatchedStatus, number>>;
  /** Deposits that are in a block, and do not lie deep enough. */
  readonly depositsWaiting: number;
  /** Deposits and withdrawals that the chain took back since this process began. */
  readonly displaced: number;
  /** Outputs to tags that nobody has, as it has seen since then. */
  readonly unassigned: number;
  readonly wallets: readonly WalletStatus[];
}

type WatchedStatus = "reviewing" | "approved" | "sending" | "sent";

export interface WatchParts {
  readonly wallets: WalletsOfAsset;
  readonly chain: Chain;
  readonly told: HeightFile;
}

export class DeskWatch {
  readonly #parts: WatchParts;
  #height = 0;
  #displaced = 0;
  #unassigned = 0;
  #depositsWaiting = 0;
  #withdrawals: AssetStatus["withdrawals"] = countsOf([]);
  #wallets: readonly WalletStatus[] = [];

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** At the chain. Throws `ChainUnreachable`. */
  async look(): Promise<void> {
    const { chain } = this.#parts;
    const { wallets } = this.#parts.wallets;
    const balances = await chain.balances(wallets.map(({ address }) => address));
    this.#wallets = wallets.map(({ name, tier, least, most }, at) => ({
      ...{ name, tier, balance: balances[at] ?? "0" },
      ...(least !== undefined && { least }),
      ...(most !== undefined && { most }),
    }));
    this.#height = await chain.height();
  }

  /** What the exchange says. */
  count(seen: { readonly deposits: Deposits; readonly withdrawals: readonly Withdrawal[] }): void {
    const { asset } = this.#parts.wallets;
    const isOurs = (each: { readonly asset: string }): boolean => each.asset === asset;
    this.#withdrawals = countsOf(seen.withdrawals.filter(isOurs));
    const waiting = seen.deposits.filter((each) => isOurs(each) && each.status === "seen");
    this.#depositsWaiting = waiting.length;
  }

  /** What was told, before others hear of it. */
  hear({ kind, step }: Parameters<Tell>[0]): void {
    const isTold = kind === "deposit-told" && step === "orphaned";
    const isAdvanced = kind === "withdrawal-advanced" && step === "displaced";
    if (kind === "deposit-unassigned") this.#unassigned++;
    if (isTold || isAdvanced || kind === "completed-displaced") this.#displaced++;
  }

  status(): AssetStatus {
    return {
      asset: this.#parts.wallets.asset,
      height: this.#height,
      told: this.#parts.told.height,
      withdrawals: this.#withdrawals,
      depositsWaiting: this.#depositsWaiting,
      displaced: this.#displaced,
      unassigned: this.#unassigned,
      wallets: this.#wallets,
    };
  }
}

/** Whether there is less in it, or more, than there should be. */
export function isOutOfBounds({ balance, least = "0", most = balance }: WalletStatus): boolean {
  return BigInt(balance) < BigInt(least) || BigInt(balance) > BigInt(most);
}

function countsOf(withdrawals: readonly Withdrawal[]): AssetStatus["withdrawals"] {
  const count = (of: WatchedStatus): number =>
    withdrawals.filter(({ status }) => status === of).length;
  return {
    reviewing: count("reviewing"),
    approved: count("approved"),
    sending: count("sending"),
    sent: count("sent"),
  };
}
