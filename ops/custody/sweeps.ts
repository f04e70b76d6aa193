/**
 * Which wallet is to be filled up and which emptied, and how much is to be moved from where to
 * where for that. Nothing is moved by it: whoever has the keys decides.
 */
import { walletTiers } from "./wallets.ts";
import type { Wallet } from "./wallets.ts";

export interface FilledWallet {
  readonly wallet: Wallet;
  /** Units. */
  readonly balance: bigint;
}

export interface Sweep {
  readonly from: string;
  readonly to: string;
  /** Units. */
  readonly amount: bigint;
  readonly why: "above-most" | "below-least";
  /** The key that signs it; undefined where that is not to be had here. */
  readonly key: string | undefined;
}

/** The hotter ones first; what one is to give or get is counted for the next. */
export function sweepsFor(filled: readonly FilledWallet[]): readonly Sweep[] {
  const tierOf = ({ wallet }: FilledWallet): number => walletTiers.indexOf(wallet.tier);
  const byTier = filled.toSorted((one, other) => tierOf(one) - tierOf(other));
  const balances = new Map(byTier.map(({ wallet, balance }) => [wallet.name, balance] as const));
  const sweeps: Sweep[] = [];
  for (const { wallet } of byTier) {
    const colder = byTier.filter((each) => tierOf(each) > walletTiers.indexOf(wallet.tier));
    const others = colder.map((each) => each.wallet);
    for (const sweep of sweepsOf(wallet, others, balances)) {
      balances.set(sweep.from, (balances.get(sweep.from) ?? 0n) - sweep.amount);
      balances.set(sweep.to, (balances.get(sweep.to) ?? 0n) + sweep.amount);
      sweeps.push(sweep);
    }
  }
  return sweeps;
}

type Balances = ReadonlyMap<string, bigint>;

/** Back to the middle, so that the next order does not ask for the next move. */
function sweepsOf(wallet: Wallet, colder: readonly Wallet[], balances: Balances): readonly Sweep[] {
  const balance = balances.get(wallet.name) ?? 0n;
  const { name, key } = wallet;
  if (wallet.most !== undefined && balance > BigInt(wallet.most)) {
    const shares = sharedOut(balance - middleOf(wallet), colder, (other) =>
      roomIn(other, balances),
    );
    return shares.map(({ other, amount }) => {
      return { from: name, to: other.name, amount, why: "above-most", key };
    });
  }
  if (wallet.least !== undefined && balance < BigInt(wallet.least)) {
    const shares = sharedOut(middleOf(wallet) - balance, colder, (other) =>
      spareIn(other, balances),
    );
    return shares.map(({ other, amount }) => {
      return { from: other.name, to: name, amount, why: "below-least", key: other.key };
    });
  }
  return [];
}

interface Share {
  readonly other: Wallet;
  readonly amount: bigint;
}

/** As much of it as the others have room or units for, the hotter ones first. */
function sharedOut(
  wanted: bigint,
  others: readonly Wallet[],
  most: (other: Wallet) => bigint,
): readonly Share[] {
  const shares: Share[] = [];
  let left = wanted;
  for (const other of others) {
    const can = most(other);
    const amount = can < left ? can : left;
    if (amount > 0n) shares.push({ other, amount });
    left -= amount > 0n ? amount : 0n;
  }
  return shares;
}

function roomIn({ name, most }: Wallet, balances: Balances): bigint {
  const balance = balances.get(name) ?? 0n;
  return most === undefined ? 2n ** 63n : BigInt(most) - balance;
}

function spareIn({ name, least = "0" }: Wallet, balances: Balances): bigint {
  return (balances.get(name) ?? 0n) - BigInt(least);
}

function middleOf({ least, most }: Wallet): bigint {
  const [low, high] = [BigInt(least ?? most ?? "0"), BigInt(most ?? least ?? "0")];
  return (low + high) / 2n;
}
