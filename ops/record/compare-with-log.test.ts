/** Goal: a record that is signed, and is not what the log says, is found. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { checkRecord } from "./check-record.ts";
import { compareWithLog } from "./compare-with-log.ts";
import { exportRecord } from "./export-record.ts";
import type { WantedRecord } from "./export-record.ts";
import type { Finding } from "./finding.ts";
import { bytesOf, manifestName, names } from "./manifest.ts";
import { RecordFolder } from "./record-folder.ts";
import { ensureRecordKey } from "./record-key.ts";
import type { RecordKey } from "./record-key.ts";
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
  const { description, pieces } = checkRecord(files, key.public);
  return compareWithLog(files, { description: description!, pieces }, { logs });
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

it("is found when a row was left out and signed so", async () => {
  await exported();
  const { pieces } = checkRecord(files, key.public);
  const manifest = pieces.get(0)!.find(({ rows }) => rows > 3)!;
  const file = `shard-0-${String(manifest.number).padStart(6, "0")}.rows`;
  const hashes = files.read(file)!;
  files.files.set(file, Buffer.concat([hashes.subarray(0, 32), hashes.subarray(48)]));
  const name = manifestName(0, manifest.number);
  files.files.set(name, bytesOf({ ...manifest, rows: manifest.rows - 1 }));
  files.files.set(names.signatureOf(name), key.sign(files.read(name)!));
  const found = await differences();
  expect(found).toMatchObject([{ kind: "log-differs", file, row: 3 }]);
});
