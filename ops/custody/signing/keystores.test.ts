/**
 * Goal: a file and a token keep keys alike, and what is wrong with either is said by its name, and
 * without anything secret.
 */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileKeystore } from "./file-keystore.ts";
import { keystoreConformance } from "./keystore.conformance.ts";
import { Pkcs11Keystore } from "./pkcs11-keystore.ts";
import type { Pkcs11Place } from "./pkcs11-keystore.ts";
import { makeSoftToken, whyNoSoftToken } from "./testing/soft-token.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-keys-"));
const file = (name: string): string => join(folder, name);
const passphrase = "correct horse battery staple";
const place = { folder: file("keys"), passphraseFile: file("passphrase") };
const path = join(place.folder, "hot.key.json");

function secretFile(name: string, text: string): string {
  writeFileSync(file(name), text, { mode: 0o600 });
  return file(name);
}

beforeAll(() => {
  secretFile("passphrase", `${passphrase}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a file keystore", () => {
  keystoreConformance(() => ({ open: () => new FileKeystore(place) }));
});

describe("a key file", () => {
  interface Parts {
    head: { name: string; publicKey: string; scrypt: { salt: string; logN: number } };
    check: string;
    sealed: { iv: string; tag: string; secret: string };
    digest: string;
  }
  let written = "";

  beforeAll(async () => {
    await new FileKeystore(place).create("hot");
    written = readFileSync(path, "utf8");
  });

  const opened = async (text: string, passphraseFile = place.passphraseFile) => {
    writeFileSync(path, text);
    return new FileKeystore({ ...place, passphraseFile }).open("hot");
  };
  const altered = (change: (parts: Parts) => void): string => {
    const parts = JSON.parse(written) as Parts;
    change(parts);
    return JSON.stringify(parts);
  };
  const flipped = (text: string): string =>
    text.replace(/^./, (first) => (first === "0" ? "1" : "0"));

  it("is its owner's only, and holds nothing in the clear", async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(written).not.toContain(passphrase);
    expect(readdirSync(place.folder).filter((name) => !name.endsWith(".key.json"))).toEqual([]);
    expect((await opened(written)).publicKey.length).toBe(32);
  });

  it("is not opened by another passphrase", async () => {
    const other = secretFile("other", `${passphrase}r\n`);
    await expect(opened(written, other)).rejects.toMatchObject({ code: "passphrase-wrong" });
  });

  it.each<[string, (parts: Parts) => void]>([
    ["name", (parts) => (parts.head.name = "cold")],
    ["public key", (parts) => (parts.head.publicKey = flipped(parts.head.publicKey))],
    ["salt", (parts) => (parts.head.scrypt.salt = flipped(parts.head.scrypt.salt))],
    ["cost", (parts) => (parts.head.scrypt.logN = 15)],
    ["check", (parts) => (parts.check = flipped(parts.check))],
    ["nonce", (parts) => (parts.sealed.iv = flipped(parts.sealed.iv))],
    ["tag", (parts) => (parts.sealed.tag = flipped(parts.sealed.tag))],
    ["secret", (parts) => (parts.sealed.secret = flipped(parts.sealed.secret))],
    ["digest", (parts) => (parts.digest = flipped(parts.digest))],
  ])("is not opened when its %s was altered", async (_, change) => {
    await expect(opened(altered(change))).rejects.toMatchObject({ code: "key-altered" });
  });

  it.each([
    ["nothing", ""],
    ["half of it", "{"],
    ["something else", '{"head":{}}'],
    ["a cost that takes all memory", ""],
  ])("is malformed when it holds %s", async (what, text) => {
    const costly = altered((parts) => (parts.head.scrypt.logN = 40));
    const content = what.startsWith("a cost") ? costly : text;
    await expect(opened(content)).rejects.toMatchObject({ code: "key-malformed" });
  });

  it("is not taken when others can read it, nor a passphrase that they can", async () => {
    writeFileSync(path, written);
    chmodSync(path, 0o640);
    await expect(opened(written)).rejects.toMatchObject({ code: "key-exposed" });
    chmodSync(path, 0o600);
    const open = secretFile("open", "all may read");
    chmodSync(open, 0o604);
    expect(() => new FileKeystore({ ...place, passphraseFile: open })).toThrow("chmod 600");
    const empty = secretFile("empty", "\n");
    expect(() => new FileKeystore({ ...place, passphraseFile: empty })).toThrow("is empty");
  });

  it("is said to be wrong without a word of the passphrase", async () => {
    const other = secretFile("other", "another secret");
    const told = await opened(written, other).catch((error: unknown) => String(error));
    expect(told).not.toContain("another secret");
  });
});

describe("a PKCS #11 keystore", () => {
  let token: Pkcs11Place | undefined;
  const made = (): Pkcs11Place => (token ??= makeSoftToken(file("token")));

  keystoreConformance(() => ({ open: () => new Pkcs11Keystore(made()) }), whyNoSoftToken);

  it("takes the right PIN of a token that there is", async ({ skip }) => {
    const reason = whyNoSoftToken();
    skip(reason !== undefined, reason);
    expect(() => new Pkcs11Keystore({ ...made(), token: "other" })).toThrow("no token other");
    const pinFile = secretFile("pin", "1111");
    expect(() => new Pkcs11Keystore({ ...made(), pinFile })).toThrow("does not take that PIN");
  });
});

describe("a PKCS #11 library", () => {
  it("that is not there is said to be missing", () => {
    const pinFile = secretFile("pin", "1111");
    const nowhere = { library: file("nowhere.so"), token: "outcry", pinFile };
    expect(() => new Pkcs11Keystore(nowhere)).toThrow(
      expect.objectContaining({ code: "module-missing" }),
    );
  });
});
