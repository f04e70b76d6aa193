/**
 * What is owed of each asset beside what its wallets have. What the exchange knows and what the
 * chain has are read one after the other: between a withdrawal's block and its last confirmation the
 * wallets have less by it than the exchange counts.
 */
import type { SegregationReply, SweepsReply } from "../../protocols/api/custody-requests.ts";
import type { Chain } from "./chain/chain.ts";
import { sweepsFor } from "./sweeps.ts";
import type { Sweep } from "./sweeps.ts";
import type { WalletsOfAsset } from "./wallets.ts";

type Owed = SegregationReply["assets"][number];
type WalletMoves = SweepsReply["wallets"][number];

export interface WalletLine {
  readonly name: string;
  readonly tier: string;
  readonly address: string;
  readonly balance: string;
  /** What sweeps in the log have brought it less what they took. */
  readonly swept: string;
}

/** Units of one asset. */
export interface SegregationOfAsset extends Owed {
  readonly wallets: readonly WalletLine[];
  readonly onChain: string;
  /** What the wallets have beyond what accounts, house and dust come to; below zero is missing. */
  readonly difference: string;
  readonly sweeps: readonly (Omit<Sweep, "amount" | "key"> & {
    readonly amount: string;
    readonly key: string | null;
  })[];
}

export interface SegregationParts {
  readonly owed: readonly Owed[];
  /** By the log. */
  readonly moved: readonly WalletMoves[];
  readonly chain: Chain;
}

export async function segregationOf(
  { asset, wallets }: WalletsOfAsset,
  { owed, moved, chain }: SegregationParts,
): Promise<SegregationOfAsset> {
  const balances = await chain.balances(wallets.map(({ address }) => address));
  const filled = wallets.map((wallet, at) => ({ wallet, balance: BigInt(balances[at] ?? "0") }));
  const line = owed.find((each) => each.asset === asset) ?? { ...nothing, asset };
  const onChain = filled.reduce((total, { balance }) => total + balance, 0n);
  const due = BigInt(line.owed) + BigInt(line.house) + BigInt(line.dust);
  return {
    ...line,
    wallets: filled.map(({ wallet: { name, tier, address }, balance }) => {
      const { swept = "0" } = moved.find((of) => of.asset === asset && of.wallet === name) ?? {};
      return { name, tier, address, balance: String(balance), swept };
    }),
    onChain: String(onChain),
    difference: String(onChain - due),
    sweeps: sweepsFor(filled).map(({ from, to, amount, why, key = null }) => {
      return { from, to, amount: String(amount), why, key };
    }),
  };
}

const nothing = { owed: "0", withdrawing: "0", house: "0", issued: "0", held: "0", dust: "0" };

/** A line for each amount, for spreadsheets. */
export function segregationCsv(assets: readonly SegregationOfAsset[]): string {
  const rows = assets.flatMap(({ asset, wallets, sweeps, ...sums }) => [
    ...(["owed", "withdrawing", "house", "issued", "held", "dust"] as const).map((of) => {
      return [asset, "ledger", of, sums[of]];
    }),
    ...wallets.map(({ name, balance }) => [asset, "wallet", name, balance]),
    ...wallets.map(({ name, swept }) => [asset, "swept", name, swept]),
    [asset, "sum", "on-chain", sums.onChain],
    [asset, "sum", "difference", sums.difference],
    ...sweeps.map(({ from, to, amount }) => [asset, "sweep", `${from} to ${to}`, amount]),
  ]);
  return [["asset", "side", "of", "units"], ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
