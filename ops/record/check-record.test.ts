/** Goal: what a record's own signatures say, and what they cannot. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkRecord } from "./check-record.ts";
import { exportRecord } from "./export-record.ts";
import { placeOf } from "./finding.ts";
import { bytesOf, manifestName, names } from "./manifest.ts";
import type { Description, Manifest, Seal, ShardSeal } from "./manifest.ts";
import { RecordFolder } from "./record-folder.ts";
import { ensureRecordKey } from "./record-key.ts";
import type { RecordKey } from "./record-key.ts";
import { parse } from "./signed-pieces.ts";
import { KeptFiles } from "./testing/kept-files.ts";
import { logsOf, tradedVenue, wholeRecord } from "./testing/recorded-venue.ts";

let place: string;
let whole: KeptFiles;
let key: RecordKey;
let otherKey: RecordKey;
let files: KeptFiles;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "outcry-record-"));
  key = ensureRecordKey(join(place, "keys"));
  otherKey = ensureRecordKey(join(place, "other-keys"));
  const folder = new RecordFolder(join(place, "record"));
  await exportRecord(folder, wholeRecord, { logs: logsOf(tradedVenue({ moves: 120 })), key });
  whole = KeptFiles.of(folder.path);
});
afterAll(() => rmSync(place, { recursive: true }));
beforeEach(() => {
  files = new KeptFiles(whole.files);
});

/** What is found, as `kind place`. */
function found(by = key): readonly string[] {
  return checkRecord(files, by.public).findings.map((each) => `${each.kind} ${placeOf(each)}`);
}

/** Signs something else in the place of what is there. */
function resign<Signed extends Description | Manifest | Seal>(
  name: string,
  edit: (signed: Signed) => Signed,
  by = key,
): void {
  const bytes = bytesOf(edit(parse<Signed>(files.read(name)!)));
  files.files.set(name, bytes);
  files.files.set(names.signatureOf(name), by.sign(bytes));
}

describe("a record", () => {
  it("has its key from the one who asks; the one beside it only says that it is one record", () => {
    for (const name of files.list().filter((each) => each.endsWith(".json"))) {
      files.files.set(names.signatureOf(name), otherKey.sign(files.read(name)!));
    }
    files.files.set(names.key, Buffer.from(otherKey.public.pem));
    expect(checkRecord(files).findings).toEqual([]);
    expect(checkRecord(files).key).toBe(otherKey.public.fingerprint);
    expect(found()).toContain(`other-key ${names.key}`);
    expect(found()).toContain(`signature ${names.description}`);
  });

  it("has no other key beside it than one that signs records", () => {
    const { publicKey } = generateKeyPairSync("x25519");
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    for (const text of [pem, "no key", ""]) {
      files.files.set(names.key, Buffer.from(text));
      expect(found()).toEqual([`altered ${names.key}`]);
      expect(checkRecord(files).findings.length).toBeGreaterThan(1);
    }
  });

  it("holds nothing else, not even what was left unfinished", () => {
    files.files.set("record.json.unfinished", new Uint8Array(3));
    files.files.set("shard-1-000900.csv", new Uint8Array(3));
    expect(found()).toEqual(["unexpected record.json.unfinished", "unexpected shard-1-000900.csv"]);
  });

  it("has not ended without a seal, and what is there is still checked", () => {
    files.files.delete(names.seal);
    files.files.delete(names.signatureOf(names.seal));
    expect(found()).toEqual([`unfinished ${names.seal}`]);
    files.files.delete(manifestName(0, 1));
    expect(found()).toEqual([`missing ${manifestName(0, 1)}`, `unfinished ${names.seal}`]);
  });

  it("is not read when another release has written it", () => {
    resign<Description>(names.description, (signed) => ({ ...signed, version: 2 }));
    expect(found()).toEqual([`version ${names.description}`]);
  });

  it("is one chain: not even the signer's own pieces fit elsewhere", () => {
    const second = manifestName(0, 2);
    resign<Manifest>(second, (signed) => ({ ...signed, previous: "0".repeat(64) }));
    expect(found()).toContain(`misplaced ${second}`);
    files = new KeptFiles(whole.files);
    resign<Manifest>(second, ({ after, ...signed }) => {
      return { ...signed, after: { ...after, sequence: after.sequence + 1 } };
    });
    expect(found()[0]).toBe(`misplaced ${second}`);
    files = new KeptFiles(whole.files);
    resign<Seal>(names.seal, (signed) => ({ ...signed, shards: signed.shards.slice(1) }));
    expect(found()).toEqual([`misplaced ${names.seal}`]);
    files = new KeptFiles(whole.files);
    const more = (each: ShardSeal): ShardSeal => ({ ...each, rows: each.rows + 1 });
    resign<Seal>(names.seal, (signed) => ({ ...signed, shards: signed.shards.map(more) }));
    expect(found()).toEqual([`misplaced ${names.seal}`, `misplaced ${names.seal}`]);
    files = new KeptFiles(whole.files);
    resign<Seal>(names.seal, (signed) => ({ ...signed, record: "0".repeat(64) }));
    expect(found()).toEqual([`misplaced ${names.seal}`]);
  });

  it("names what is altered, and nothing that only follows from that", () => {
    const csv = `${names.piece(0, 1)}.csv`;
    const text = Buffer.from(files.read(csv)!).toString();
    const [heading, one, two, ...others] = text.split("\n");
    const write = (...lines: (string | undefined)[]): readonly string[] => {
      files.files.set(csv, Buffer.from(lines.join("\n")));
      return found();
    };
    expect(write(heading, two, one, ...others)).toEqual([`row-altered ${csv}, row 1`]);
    expect(write(heading, two, ...others)).toEqual([`row-removed ${csv}, row 1`]);
    expect(write(heading, one, two, two, ...others)).toEqual([`row-inserted ${csv}, row 3`]);
    expect(write(heading, one, `${two}0`, ...others)).toEqual([`row-altered ${csv}, row 2`]);
    expect(write(heading, one, two)).toEqual([`row-removed ${csv}, row 3`]);
    expect(write(`${heading},more`, one, two, ...others)).toEqual([`altered ${csv}`]);
    expect(write(heading, one, two, ...others, "", "")).toEqual([
      `row-inserted ${csv}, row ${others.length + 2}`,
    ]);
    // The rows are the same, and the bytes are not.
    expect(write(heading, one, two, ...others.slice(0, -1))).toEqual([`altered ${csv}`]);
  });
});
