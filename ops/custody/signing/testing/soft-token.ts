/** A token of SoftHSM in a folder of its own, where SoftHSM is installed. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { whyNoCryptoki } from "../pkcs11-library.ts";
import type { Pkcs11Place } from "../pkcs11-keystore.ts";

/** Where Debian, Fedora and Homebrew put it. */
const libraries = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib64/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
const library = libraries.find(existsSync);

/** Undefined where there can be one. */
export function whyNoSoftToken(): string | undefined {
  if (library === undefined) return "SoftHSM is not installed (Debian: apt-get install softhsm2)";
  return whyNoCryptoki();
}

/**
 * Once for each process: SoftHSM reads where its tokens are when it is loaded.
 *
 * @param folder a new one
 */
export function makeSoftToken(folder: string): Pkcs11Place {
  if (library === undefined) throw new Error("there is no SoftHSM here");
  const tokens = join(folder, "tokens");
  mkdirSync(tokens, { recursive: true });
  const config = join(folder, "softhsm2.conf");
  writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
  process.env["SOFTHSM2_CONF"] = config;
  const pinFile = join(folder, "pin");
  writeFileSync(pinFile, "4711\n", { mode: 0o600 });
  const pins = ["--pin", "4711", "--so-pin", "0815"];
  execFileSync("softhsm2-util", ["--init-token", "--free", "--label", "outcry", ...pins]);
  return { library, token: "outcry", pinFile };
}
