/**
 * What a custodian needs that is started with a cluster, to try custody: keys in files, a simulated
 * chain for each asset, and the file of wallets that says which key and chain are whose.
 *
 * What is there is kept, so that a wallets.json of one's own is used as it is.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { walletOfKey } from "../custody/chain/address.ts";
import { FileKeystore } from "../custody/signing/file-keystore.ts";
import { checkWallets, readWallets } from "../custody/wallets.ts";
import type { WalletsFile, WalletsOfAsset } from "../custody/wallets.ts";
import { ConfigFault } from "../config/config-fault.ts";
import { chainSocketPath } from "../config/local-socket.ts";
import { writeFileWhole } from "../config/data-directory.ts";
import type { ChainSettings } from "../config/process-settings.ts";
import { venueAssets } from "../config/venue.ts";

export interface CustodyPlaces {
  /** The file of wallets. */
  readonly wallets: string;
  /** Chains that are to be run beside the custodian; none that somebody else runs. */
  readonly chains: ChainSettings["chains"];
}

const keystore = { folder: "keys", passphraseFile: "passphrase" };
/** The cold wallet's key lies there, too, and is named to nobody. */
const tiers = [
  { name: "hot", tier: "hot", key: "hot" },
  { name: "warm", tier: "warm", key: "warm" },
  { name: "cold", tier: "cold" },
] as const;
/** Of the hot wallet, in whole units of its asset. */
const bounds = { least: 1n, most: 1000n };

/** @throws ConfigFault where an asset is none of a new exchange's */
export async function setUpCustody(
  folder: string,
  assets: readonly string[],
): Promise<CustodyPlaces> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const wallets = join(folder, "wallets.json");
  const before = existsSync(wallets) ? readWallets(wallets) : undefined;
  const missing = assets.filter((asset) => !before?.assets.some((each) => each.asset === asset));
  if (missing.length > 0) {
    const added = await walletsFor(folder, missing);
    const head = before ?? { venue: "outcry", keystore, assets: [] };
    const file = { ...head, assets: [...head.assets, ...added] };
    writeFileWhole(wallets, `${JSON.stringify(checkWallets(file, wallets), null, 2)}\n`);
  }
  return { wallets, chains: chainsOf(readWallets(wallets), folder) };
}

async function walletsFor(
  folder: string,
  assets: readonly string[],
): Promise<readonly WalletsOfAsset[]> {
  const addresses = await addressesIn(folder);
  return assets.map((asset) => {
    const known = venueAssets.find((each) => each.asset === asset);
    if (known === undefined) {
      const names = venueAssets.map((each) => each.asset).join(", ");
      throw new ConfigFault("settings-invalid", `${asset} is none of ${names}`);
    }
    const unit = 10n ** BigInt(known.decimals);
    const wallets = tiers.map((tier) => ({
      ...tier,
      address: addresses.get(tier.name) ?? "",
      ...(tier.tier === "hot" && {
        least: String(bounds.least * unit),
        most: String(bounds.most * unit),
      }),
    }));
    return { asset, chain: chainSocketPath(folder, asset), wallets };
  });
}

/** By wallet; keys that are missing are made. */
async function addressesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const passphraseFile = join(folder, keystore.passphraseFile);
  if (!existsSync(passphraseFile)) {
    writeFileWhole(passphraseFile, `${randomBytes(32).toString("base64url")}\n`);
  }
  const keys = new FileKeystore({ folder: join(folder, keystore.folder), passphraseFile });
  try {
    const addresses = new Map<string, string>();
    for (const { name } of tiers) {
      const isThere = existsSync(join(folder, keystore.folder, `${name}.key.json`));
      const signer = await (isThere ? keys.open(name) : keys.create(name));
      addresses.set(name, walletOfKey(signer.publicKey));
    }
    return addresses;
  } finally {
    await keys.close();
  }
}

function chainsOf({ assets }: WalletsFile, folder: string): ChainSettings["chains"] {
  return assets
    .filter(({ asset, chain }) => chain === chainSocketPath(folder, asset))
    .map(({ asset, chain }) => ({ journal: join(folder, `${asset}.jsonl`), socket: chain }));
}
