/**
 * A file of wallets: under which name a venue sends, where its keys are, and each asset's chain and
 * wallets.
 *
 *   { "venue": "outcry",
 *     "keystore": { "folder": "keys", "passphraseFile": "passphrase" },
 *     "assets": [{ "asset": "BTC", "chain": "chain.sock", "wallets": [
 *       { "name": "hot", "tier": "hot", "key": "hot", "address": "sim1…", "least": "100", "most": "900" },
 *       { "name": "cold", "tier": "cold", "address": "sim1…" }] }] }
 *
 * Paths are from the file's own folder; amounts are units.
 */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Errors } from "typebox/value";
import { walletIn } from "./chain/address.ts";

const closed = { additionalProperties: false };
const text = Type.String({ minLength: 1, maxLength: 1000 });
const name = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,30}$" });
const units = Type.String({ pattern: "^(0|[1-9][0-9]{0,18})$" });

export const walletTiers = ["hot", "warm", "cold"] as const;

const wallet = Type.Object(
  {
    name,
    tier: Type.Enum([...walletTiers]),
    address: text,
    /** Its key's name, where it is to be had here; a cold wallet's is not. */
    key: Type.Optional(name),
    /** With less it is to be filled up, with more emptied; without them it is not looked at. */
    least: Type.Optional(units),
    most: Type.Optional(units),
  },
  closed,
);
const walletsFile = Type.Object(
  {
    venue: text,
    keystore: Type.Union([
      Type.Object({ folder: text, passphraseFile: text }, closed),
      Type.Object({ library: text, token: text, pinFile: text }, closed),
    ]),
    assets: Type.Array(
      Type.Object(
        {
          asset: Type.String({ pattern: "^[A-Z0-9][A-Z0-9-]{0,15}$" }),
          chain: text,
          wallets: Type.Array(wallet, { minItems: 1, maxItems: 100 }),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  closed,
);

export type WalletsFile = Static<typeof walletsFile>;
export type WalletsOfAsset = WalletsFile["assets"][number];
export type Wallet = WalletsOfAsset["wallets"][number];

export class WalletsInvalid extends Error {
  override readonly name = "WalletsInvalid";
  readonly code = "wallets-invalid";
}

/** With paths that hold wherever they are used. Throws {@link WalletsInvalid}. */
export function readWallets(path: string): WalletsFile {
  const file = checkWallets(jsonIn(path), path);
  const from = (place: string): string => resolve(dirname(path), place);
  const { keystore } = file;
  return {
    ...file,
    keystore:
      "library" in keystore
        ? { ...keystore, library: from(keystore.library), pinFile: from(keystore.pinFile) }
        : { folder: from(keystore.folder), passphraseFile: from(keystore.passphraseFile) },
    assets: file.assets.map((each) => ({ ...each, chain: from(each.chain) })),
  };
}

/** @param where for the message */
export function checkWallets(value: unknown, where: string): WalletsFile {
  const [error] = Errors(walletsFile, value);
  if (error !== undefined) {
    throw new WalletsInvalid(`${where}: ${error.instancePath || "it"} ${error.message}`);
  }
  const file = value as WalletsFile;
  const assets = file.assets.map(({ asset }) => asset);
  if (new Set(assets).size < assets.length) {
    throw new WalletsInvalid(`${where}: an asset is there twice`);
  }
  for (const each of file.assets) {
    const why = whyUnsound(each);
    if (why !== undefined) throw new WalletsInvalid(`${where}: ${each.asset} ${why}`);
  }
  return file;
}

/** The one that pays, and to whose tags deposits come. */
export function hotWalletOf({ wallets }: WalletsOfAsset): Wallet & { readonly key: string } {
  const hot = wallets.find(({ tier }) => tier === "hot");
  if (hot?.key === undefined) throw new WalletsInvalid("there is no hot wallet with a key");
  return { ...hot, key: hot.key };
}

function whyUnsound({ wallets }: WalletsOfAsset): string | undefined {
  const hot = wallets.filter(({ tier }) => tier === "hot");
  if (hot.length !== 1) return "has to have one hot wallet";
  if (hot[0]?.key === undefined) return "has a hot wallet without a key";
  for (const { name, address, least = "0", most = least } of wallets) {
    if (walletIn(address) !== address) return `has no wallet's address for ${name}`;
    if (BigInt(least) > BigInt(most)) return `wants more of ${name} than it may have`;
  }
  for (const field of ["name", "address"] as const) {
    if (new Set(wallets.map((each) => each[field])).size < wallets.length)
      return `has a ${field} twice`;
  }
  return undefined;
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WalletsInvalid(`${path}: ${why}`, { cause: error });
  }
}
