/** Goal: a cluster has one key for its records, whoever asks first, and none of another kind. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureRecordKey, findRecordKey, readPublicKey } from "./record-key.ts";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-record-"));
});
afterEach(() => rmSync(place, { recursive: true }));

it("is made once, and only its owner can read it", () => {
  const keys = join(place, "keys");
  expect(findRecordKey(keys)).toBeUndefined();
  const { fingerprint } = ensureRecordKey(keys).public;
  expect(ensureRecordKey(keys).public.fingerprint).toBe(fingerprint);
  expect(findRecordKey(keys)?.fingerprint).toBe(fingerprint);
  expect(statSync(join(keys, "record-key.pem")).mode & 0o777).toBe(0o600);
});

it("is known again by its public half", () => {
  const key = ensureRecordKey(place);
  const file = join(place, "public.pem");
  writeFileSync(file, key.public.pem);
  const known = readPublicKey(file);
  expect(known.fingerprint).toBe(key.public.fingerprint);
  const [said, other] = [Buffer.from("said"), Buffer.from("not said")];
  expect(known.hasSigned(said, key.sign(said))).toBe(true);
  expect(known.hasSigned(other, key.sign(said))).toBe(false);
});

it("is not a key of another kind, nor anything else", () => {
  const file = join(place, "other.pem");
  for (const kind of ["x25519", "ed448"] as const) {
    const { publicKey } = generateKeyPairSync(kind as "x25519");
    writeFileSync(file, publicKey.export({ format: "pem", type: "spki" }));
    expect(() => readPublicKey(file)).toThrow(kind);
  }
  writeFileSync(file, "nothing");
  expect(() => readPublicKey(file)).toThrow("holds no key");
  writeFileSync(join(place, "record-key.pem"), "nothing");
  expect(() => findRecordKey(place)).toThrow("holds no key");
});
