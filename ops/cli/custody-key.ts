/** `outcry custody key`: the keys of wallets, in a folder or in a token. */
import { Command } from "commander";
import { walletOf } from "../custody/chain/address.ts";
import { openKeystore } from "../custody/signing/open-keystore.ts";
import type { KeystorePlace } from "../custody/signing/open-keystore.ts";
import { SigningFault } from "../custody/signing/signer.ts";
import type { Keystore, Signer } from "../custody/signing/signer.ts";
import { CommandFault, print, usageFault, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";

interface KeyOptions extends CommonOptions {
  readonly keystore?: string;
  readonly passphrase?: string;
  readonly pkcs11?: string;
  readonly token?: string;
  readonly pin?: string;
}

export function keyCommand(): Command {
  return new Command("key")
    .description(
      "Makes and shows the keys of wallets, in files or in a token that speaks PKCS #11.",
    )
    .addCommand(oneKey("create", (keys, name) => keys.create(name)))
    .addCommand(oneKey("show", (keys, name) => keys.open(name)));
}

function oneKey(
  how: "create" | "show",
  act: (keys: Keystore, name: string) => Promise<Signer>,
): Command {
  const key = new Command(how)
    .description(
      how === "create"
        ? "Makes a key, and shows its public half: ./outcry custody key create hot --keystore keys --passphrase passphrase"
        : "Shows the public half of a key, and its wallet on the simulated chain.",
    )
    .argument("<name>", "a name of a to z, 0 to 9 and hyphens")
    .option("--keystore <folder>", "the folder of key files; with --passphrase")
    .option("--passphrase <file>", "the file that holds their passphrase, its owner's only")
    .option("--pkcs11 <library>", "instead, the library of a token; with --token and --pin")
    .option("--token <label>", "the token's label")
    .option("--pin <file>", "the file that holds its PIN, its owner's only");
  return withCommonOptions(key).action(async (name: string, options: KeyOptions) => {
    const { publicKey } = await withKeystore(placeIn(options), (keys) => act(keys, name));
    const text = Buffer.from(publicKey).toString("hex");
    const wallet = walletOf(text);
    print(options, { ok: true, name, publicKey: text, wallet }, () => {
      return `${name}\n  public key  ${text}\n  wallet      ${wallet}`;
    });
  });
}

function placeIn({ keystore, passphrase, pkcs11, token, pin }: KeyOptions): KeystorePlace {
  if (keystore !== undefined && passphrase !== undefined && pkcs11 === undefined) {
    return { folder: keystore, passphraseFile: passphrase };
  }
  if (pkcs11 !== undefined && token !== undefined && pin !== undefined && keystore === undefined) {
    return { library: pkcs11, token, pinFile: pin };
  }
  throw usageFault("give --keystore and --passphrase, or --pkcs11, --token and --pin");
}

async function withKeystore<Result>(
  place: KeystorePlace,
  act: (keys: Keystore) => Promise<Result>,
): Promise<Result> {
  try {
    const keys = openKeystore(place);
    try {
      return await act(keys);
    } finally {
      await keys.close();
    }
  } catch (error) {
    if (error instanceof SigningFault) throw new CommandFault(error.code, error.message);
    throw error;
  }
}
