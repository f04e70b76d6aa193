/** Goal: a cluster has one key for its records, whoever asks first, and none of another kind. */
import { generateKeyPairSync } from "node:crypto";
import type * as fileSystem from "node:fs";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ensureRecordKey, findRecordKey, readPublicKey } from "./record-key.ts";

/** What is asked of the disk, in turn. */
const asked = vi.hoisted((): string[] => []);
vi.mock("node:fs", async (importOriginal) => {
  const fs = await importOriginal<typeof fileSystem>();
  return {
    ...fs,
    writeFileSync: (...args: Parameters<typeof fs.writeFileSync>) => {
      const [, , options] = args;
      const isSynced = typeof options === "object" && options?.flush === true;
      asked.push(isSynced ? "write and sync" : "write");
      fs.writeFileSync(...args);
    },
    linkSync: (...args: Parameters<typeof fs.linkSync>) => {
      asked.push("link");
      fs.linkSync(...args);
    },
    fsyncSync: (fd: number) => {
      asked.push(fs.fstatSync(fd).isDirectory() ? "sync folder" : "sync");
      fs.fsyncSync(fd);
    },
  };
});

let place: string;
beforeEach(() => {
  asked.length = 0;
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

it("is on disk before anything is signed with it, whoever has made it", () => {
  const steps = ["write and sync", "link", "sync folder"];
  ensureRecordKey(place);
  expect(asked).toEqual(steps);
  ensureRecordKey(place);
  expect(asked).toEqual([...steps, ...steps]);
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
