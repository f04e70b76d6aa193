/** Goal: a record that is signed, and is not what the log says, is found. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { checkRecord } from "./check-record.ts";
import { compareWithLog } from "./compare-with-log.ts";
import { exportRecord } from "./export-record.ts";
import type { WantedRecord } from "./export-record.ts";
import type { Finding } from "./finding.ts";
import { bytesOf, manifestName, names, sha256 } from "./manifest.ts";
import type { Description, Manifest, Seal } from "./manifest.ts";
import { RecordFolder } from "./record-folder.ts";
import { ensureRecordKey } from "./record-key.ts";
import type { RecordKey } from "./record-key.ts";
import { linesOf } from "./record-row.ts";
import { parse } from "./signed-pieces.ts";
import { KeptFiles } from "./testing/kept-files.ts";
import { logsOf, tradedVenue, wholeRecord } from "./testing/recorded-venue.ts";

let place: string;
let key: RecordKey;
let venue: TestVenue;
let files: KeptFiles;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-record-"));
  key = ensureRecordKey(join(place, "keys"));
  venue = tradedVenue({ moves: 150 });
});
afterEach(() => rmSync(place, { recursive: true }));

async function exported(wanted: Partial<WantedRecord> = {}): Promise<void> {
  const folder = new RecordFolder(join(place, "record"));
  await exportRecord(folder, { ...wholeRecord, ...wanted }, { logs: logsOf(venue), key });
  files = KeptFiles.of(folder.path);
}

function differences(logs = logsOf(venue)): Promise<readonly Finding[]> {
  const { description, ...checked } = checkRecord(files, key.public);
  return compareWithLog(files, { ...checked, description: description! }, { logs });
}

/** Somebody with the key edits a piece, and signs anew all that follows. */
function forge(shard: number, edit: (manifest: Manifest, index: number) => Manifest | undefined) {
  const manifests = [...checkRecord(files, key.public).pieces.get(shard)!];
  const record = sha256(files.read(names.description)!);
  let previous = record;
  const kept = manifests.map(edit).filter((manifest) => manifest !== undefined);
  for (const manifest of kept) {
    const bytes = signAnew(manifestName(shard, manifest.number), { ...manifest, previous });
    previous = sha256(bytes);
  }
  for (const { number } of manifests.slice(kept.length)) {
    for (const end of ["csv", "parquet", "rows", "json", "json.sig"]) {
      files.files.delete(`${names.piece(shard, number)}.${end}`);
    }
  }
  const seal = parse<Seal>(files.read(names.seal)!);
  const rows = kept.reduce((sum, manifest) => sum + manifest.rows, 0);
  const own = { shard, pieces: kept.length, rows, last: previous };
  const shards = seal.shards.map((each) => (each.shard === shard ? own : each));
  signAnew(names.seal, { ...seal, record, shards });
}

function signAnew(name: string, signed: Manifest | Seal): Uint8Array {
  const bytes = bytesOf(signed);
  files.files.set(name, bytes);
  files.files.set(names.signatureOf(name), key.sign(bytes));
  return bytes;
}

/** A manifest that is right about what stands there now. */
function ofFilesThere(manifest: Manifest): Manifest {
  const signed = manifest.files.map(({ name }) => {
    const bytes = files.read(name)!;
    return { name, bytes: bytes.length, sha256: sha256(bytes) };
  });
  return { ...manifest, files: signed };
}

function editLines(file: string, edit: (lines: readonly string[]) => readonly string[]): void {
  const lines = linesOf(Buffer.from(files.read(file)!).toString());
  files.files.set(file, Buffer.from([...edit(lines), ""].join("\n")));
}

/** The number of the first piece of shard 0 that has some rows. */
function somePiece(): number {
  return checkRecord(files, key.public)
    .pieces.get(0)!
    .find(({ rows }) => rows > 3)!.number;
}

/** Signs the piece anew that was edited; @returns what is found, only in the logs. */
async function afterForging(number: number, fields: Partial<Manifest> = {}) {
  forge(0, (manifest) => {
    return manifest.number === number ? { ...ofFilesThere(manifest), ...fields } : manifest;
  });
  expect(checkRecord(files, key.public).findings).toEqual([]);
  return await differences();
}

it("is what the log says, all of it or a part", async () => {
  await exported();
  expect(await differences()).toEqual([]);
  rmSync(join(place, "record"), { recursive: true });
  await exported({ shards: [1], from: { sequence: 40 }, to: { sequence: 90 } });
  expect(await differences()).toEqual([]);
});

it("is not what another log says, nor a log that is shorter", async () => {
  await exported();
  const others = await differences(logsOf(tradedVenue({ seed: 8, moves: 150 })));
  expect(others.map(({ kind, file }) => [kind, file])).toEqual([
    ["log-differs", manifestName(0, 1)],
    ["log-differs", manifestName(1, 1)],
  ]);
  venue.logs[1]!.length = 20;
  const [shorter] = await differences();
  expect(shorter?.message).toContain("other entries");
  const [, none] = await differences(logsOf(tradedVenue({ shards: 1, moves: 20 })).slice(0, 1));
  expect(none?.message).toContain("no log of shard 1");
});

it("names the entries that are others, and only those", async () => {
  await exported();
  const [entry] = venue.logs[0]!.slice(-1);
  venue.logs[0]!.splice(-1, 1, { ...entry!, timeUs: entry!.timeUs + 1 });
  const { pieces } = checkRecord(files, key.public);
  const last = pieces.get(0)!.at(-1)!;
  const [finding, ...more] = await differences();
  expect(more).toEqual([]);
  expect(finding?.file).toBe(manifestName(0, last.number));
});

describe("what was edited and signed anew", () => {
  it("is found in the hashes of rows, with the row", async () => {
    await exported();
    const number = somePiece();
    const file = `${names.piece(0, number)}.rows`;
    const hashes = files.read(file)!;
    files.files.set(file, Buffer.concat([hashes.subarray(0, 32), hashes.subarray(48)]));
    const found = await afterForging(number);
    expect(found).toMatchObject([{ kind: "log-differs", file, row: 3 }]);
  });

  it("is found in the rows themselves, with the row", async () => {
    await exported();
    const number = somePiece();
    const file = `${names.piece(0, number)}.csv`;
    const before = files.read(file)!;
    editLines(file, (lines) => lines.toSpliced(2, 1));
    expect(await afterForging(number)).toMatchObject([{ kind: "log-differs", file, row: 2 }]);
    files.files.set(file, before);
    const swapped: Readonly<Record<string, string>> = { ",buy,": ",sell,", ",sell,": ",buy," };
    editLines(file, (lines) =>
      lines.map((line) => line.replace(/,(buy|sell),/, (s) => swapped[s]!)),
    );
    expect(await afterForging(number)).toMatchObject([{ kind: "log-differs", file }]);
  });

  it("is found in Parquet, by the file", async () => {
    await exported();
    const number = somePiece();
    const file = `${names.piece(0, number)}.parquet`;
    files.files.set(file, files.read(`${names.piece(1, 1)}.parquet`)!);
    const found = await afterForging(number);
    expect(found).toMatchObject([{ kind: "log-differs", file }]);
  });

  it("is found in a manifest, by the field", async () => {
    await exported();
    const number = somePiece();
    const times = ["2023-11-14T00:00:00.000Z", "2023-11-14T00:00:01.000Z"] as const;
    for (const [field, value] of Object.entries({ rows: 1, times })) {
      const signed = new Map(files.files);
      const [finding] = await afterForging(number, { [field]: value });
      expect(finding).toMatchObject({ kind: "log-differs", file: manifestName(0, number) });
      expect(finding?.message).toContain(`says of ${field} `);
      files.files.clear();
      for (const [name, bytes] of signed) files.files.set(name, bytes);
    }
  });

  it("is found in what is said of the cluster, and of where its logs ended", async () => {
    await exported();
    const { description, ...checked } = checkRecord(files, key.public);
    const told = async (edited: Partial<Description>) => {
      const claims = { ...description!, ...edited };
      const found = await compareWithLog(
        files,
        { ...checked, description: claims },
        { logs: logsOf(venue) },
      );
      return found.map(({ file, message }) => `${file} ${message}`).join("\n");
    };
    expect(await told({})).toBe("");
    expect(await told({ cluster: "other" })).toContain("record.json is of cluster other");
    const further = description!.shards.map(({ shard, head }) => ({ shard, head: head + 1 }));
    expect(await told({ shards: further })).toContain("record.json says that the log of shard 0");
  });
});

describe("an end that was cut off and sealed anew", () => {
  const withoutLast = (manifest: Manifest, index: number) => {
    return index === checkRecord(files, key.public).pieces.get(1)!.length - 1
      ? undefined
      : manifest;
  };

  it("is found", async () => {
    await exported();
    const { pieces } = checkRecord(files, key.public);
    const cut = manifestName(1, pieces.get(1)!.length);
    forge(1, withoutLast);
    expect(checkRecord(files, key.public).findings).toEqual([]);
    const [finding, ...more] = await differences();
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ kind: "log-differs", file: cut });
    expect(finding?.message).toContain("the log goes on");
  });

  it("is found of a record that ends earlier than the log", async () => {
    await exported({ shards: [1], to: { sequence: venue.logs[1]!.length - 5 } });
    expect(await differences()).toEqual([]);
    forge(1, withoutLast);
    expect(await differences()).toMatchObject([{ kind: "log-differs" }]);
  });

  it("is not told of an export that has not ended", async () => {
    await exported();
    forge(1, withoutLast);
    files.files.delete(names.seal);
    files.files.delete(names.signatureOf(names.seal));
    expect(await differences()).toEqual([]);
  });
});

it("is still what the log says when that has grown", async () => {
  const grown = tradedVenue({ moves: 150 });
  venue.logs[1]!.length -= 30;
  await exported();
  expect(await differences(logsOf(grown))).toEqual([]);
});
