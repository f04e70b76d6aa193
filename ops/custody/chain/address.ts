/**
 * Addresses of the simulated chain: `sim1`, 40 digits of the key's digest, 8 digits that tell typing
 * errors, and if need be `:` and a tag, by which an exchange knows whose a deposit is. What comes to
 * any tag of a wallet is the wallet's.
 */
import { createHash } from "node:crypto";

const form = /^(sim1([0-9a-f]{40})([0-9a-f]{8}))(?::([a-z0-9][a-z0-9-]{0,30}))?$/;

/** @param publicKey in hexadecimal digits */
export function walletOf(publicKey: string): string {
  const body = digestOf(`key ${publicKey}`).slice(0, 40);
  return `sim1${body}${checkOf(body)}`;
}

export function walletOfKey(publicKey: Uint8Array): string {
  return walletOf(Buffer.from(publicKey).toString("hex"));
}

/** Without its tag; undefined for what is no address. */
export function walletIn(address: string): string | undefined {
  const [, wallet, body = "", check] = form.exec(address) ?? [];
  return checkOf(body) === check ? wallet : undefined;
}

export function tagged(wallet: string, tag: string): string {
  return `${wallet}:${tag}`;
}

function checkOf(body: string): string {
  return digestOf(`address ${body}`).slice(0, 8);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
