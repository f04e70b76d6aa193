/**
 * Goal: a record is all that happened to orders, however often its export was stopped, and says the
 * same in each of its formats.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { checkRecord } from "./check-record.ts";
import { exportRecord } from "./export-record.ts";
import type { ExportedRecord, WantedRecord } from "./export-record.ts";
import { linesOfParquet } from "./testing/parquet-lines.ts";
import { RecordFault } from "./record-fault.ts";
import { RecordFolder } from "./record-folder.ts";
import { ensureRecordKey } from "./record-key.ts";
import type { RecordKey } from "./record-key.ts";
import { linesOf } from "./record-row.ts";
import { KeptFiles } from "./testing/kept-files.ts";
import { logsOf, tradedVenue, wholeRecord } from "./testing/recorded-venue.ts";

let place: string;
let key: RecordKey;
let venue: TestVenue;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "outcry-record-"));
  key = ensureRecordKey(join(place, "keys"));
  venue = tradedVenue();
});
afterEach(() => rmSync(place, { recursive: true }));

function folder(name = "record"): RecordFolder {
  return new RecordFolder(join(place, name));
}

function exported(to: RecordFolder, wanted: Partial<WantedRecord> = {}): Promise<ExportedRecord> {
  return exportRecord(to, { ...wholeRecord, ...wanted }, { logs: logsOf(venue), key });
}

function filesIn(of: RecordFolder): ReadonlyMap<string, string> {
  const { files } = KeptFiles.of(of.path);
  return new Map(
    [...files].sort().map(([name, bytes]) => [name, Buffer.from(bytes).toString("hex")]),
  );
}

/** The rows of all pieces of a shard, as they stand in its CSV files. */
function linesIn(of: RecordFolder, shard = 0): readonly string[] {
  return of
    .list()
    .filter((name) => name.startsWith(`shard-${shard}-`) && name.endsWith(".csv"))
    .flatMap((name) => linesOf(Buffer.from(of.read(name)!).toString()).slice(1));
}

/** Stops an export when it is about to write its n-th file. */
class StoppedFolder extends RecordFolder {
  #left: number;

  constructor(path: string, files: number) {
    super(path);
    this.#left = files;
  }

  override async write(name: string, bytes: Uint8Array): Promise<void> {
    if (this.#left-- === 0) throw new Error("stopped");
    await super.write(name, bytes);
  }
}

describe("an order record", () => {
  it("is whole, in pieces of so many rows and of one day each", async () => {
    venue = tradedVenue({ pauseUs: 30_000_000 });
    const to = folder();
    const { shards, piecesBefore } = await exported(to);
    expect(piecesBefore).toBe(0);
    expect(shards.every(({ pieces }) => pieces > 3)).toBe(true);
    const checked = checkRecord(to, key.public);
    expect(checked.findings).toEqual([]);
    for (const { shard, pieces, rows } of shards) {
      const manifests = checked.pieces.get(shard)!;
      expect(manifests.length).toBe(pieces);
      expect(manifests.at(-1)?.upTo.sequence).toBe(venue.logs[shard]!.length);
      expect(linesIn(to, shard).length).toBe(rows);
      const days = new Set(manifests.map(({ times }) => times?.[0].slice(0, 10)));
      expect([...days]).toEqual(["2023-11-14", "2023-11-15"]);
      for (const { times } of manifests)
        expect(times?.[0].slice(0, 10)).toBe(times?.[1].slice(0, 10));
    }
  });

  it("says the same in CSV and in Parquet", async () => {
    const to = folder();
    await exported(to);
    for (const name of to.list().filter((each) => each.endsWith(".csv"))) {
      const lines = linesOf(Buffer.from(to.read(name)!).toString()).slice(1);
      expect(await linesOfParquet(to.read(name.replace(".csv", ".parquet"))!)).toEqual(lines);
    }
  });

  it("is the same, byte for byte, wherever its export was stopped and gone on with", async () => {
    const unstopped = folder("whole");
    const { shards } = await exported(unstopped);
    const pieces = shards.reduce((sum, shard) => sum + shard.pieces, 0);
    const expected = filesIn(unstopped);
    for (const stopAfter of [0, 2, 5, 8, 20, expected.size - 1]) {
      const path = join(place, `stopped-${stopAfter}`);
      await expect(exported(new StoppedFolder(path, stopAfter))).rejects.toThrow("stopped");
      const { piecesBefore } = await exported(new RecordFolder(path));
      // Three files before the first piece, five for each, and two in the end.
      const whole = Math.max(0, Math.floor((stopAfter - 3) / 5));
      expect(piecesBefore).toBe(Math.min(whole, pieces));
      expect(filesIn(new RecordFolder(path))).toEqual(expected);
    }
  });

  it("has nothing left of a file that was half written", async () => {
    const to = folder();
    mkdirSync(to.path);
    await to.write("shard-0-000001.csv.unfinished", Buffer.from("half"));
    await exported(to);
    expect(checkRecord(to, key.public).findings).toEqual([]);
  });

  it("cannot be where a file is", async () => {
    const to = folder();
    writeFileSync(to.path, "");
    await expect(exported(to)).rejects.toMatchObject({ code: "no-folder" });
    const within = new RecordFolder(join(to.path, "record"));
    await expect(exported(within)).rejects.toMatchObject({ code: "no-folder" });
  });

  it("says where the logs ended, and where they do by now", async () => {
    const to = folder();
    const { shards } = await exported(to);
    const heads = await Promise.all(logsOf(venue).map((log) => log.head()));
    expect(shards).toMatchObject(heads.map((head) => ({ head, headNow: head })));
    const grown = logsOf(venue).map((log) => ({
      read: log.read.bind(log),
      head: async () => (await log.head()) + 3,
    }));
    const later = await exportRecord(to, wholeRecord, { logs: grown, key });
    expect(later.shards).toMatchObject(heads.map((head) => ({ head, headNow: head + 3 })));
  });

  it("is left alone when it is whole", async () => {
    const to = folder();
    const first = await exported(to);
    const before = filesIn(to);
    const again = await exported(to);
    expect(again.shards).toEqual(first.shards);
    expect(filesIn(to)).toEqual(before);
  });

  it("may begin and end anywhere, with the states that orders have there", async () => {
    const all = folder("all");
    await exported(all, { shards: [0] });
    const lines = linesIn(all);
    const [, , , timeOfMiddle = ""] = lines[Math.floor(lines.length / 2)]!.split(",");
    const middle = { timeUs: Date.parse(timeOfMiddle) * 1000 + Number(timeOfMiddle.slice(-4, -1)) };
    const late = folder("late");
    await exported(late, { shards: [0], from: middle });
    expect(linesIn(late)).toEqual(lines.filter((line) => line.split(",")[3]! >= timeOfMiddle));
    const early = folder("early");
    await exported(early, { shards: [0], to: middle });
    expect(linesIn(early)).toEqual(lines.filter((line) => line.split(",")[3]! <= timeOfMiddle));
    const some = folder("some");
    await exported(some, { shards: [0], from: { sequence: 100 }, to: { sequence: 150 } });
    expect(linesIn(some)).toEqual(
      lines.filter(
        (line) => Number(line.split(",")[1]) >= 100 && Number(line.split(",")[1]) <= 150,
      ),
    );
    for (const each of [late, early, some]) {
      expect(checkRecord(each, key.public).findings).toEqual([]);
    }
  });

  it("is written by one export at a time", async () => {
    const whole = folder("whole");
    const some = { shards: [0], to: { sequence: 60 } };
    const { shards } = await exported(whole, some);
    let waited = 0;
    const onWait = (): void => void (waited += 1);
    const both = await Promise.all(
      [folder(), folder()].map((each) =>
        exportRecord(each, { ...wholeRecord, ...some }, { logs: logsOf(venue), key, onWait }),
      ),
    );
    expect(both.map((each) => each.shards)).toEqual([shards, shards]);
    expect(both.map(({ piecesBefore }) => piecesBefore)).toEqual([0, shards[0]!.pieces]);
    expect(waited).toBe(1);
    expect(filesIn(folder())).toEqual(filesIn(whole));
  });

  it("is not called whole when its last piece was removed", async () => {
    const to = folder();
    const { shards } = await exported(to, { shards: [0], to: { sequence: 150 } });
    const last = `shard-0-${String(shards[0]!.pieces).padStart(6, "0")}`;
    for (const name of to.list()) if (name.startsWith(last)) rmSync(join(to.path, name));
    await expect(exported(to, { shards: [0], to: { sequence: 150 } })).rejects.toMatchObject({
      code: "record-damaged",
    });
  });

  it("is of nothing that is yet to come", async () => {
    const to = folder();
    const { length } = venue.logs[0]!;
    const tomorrow = { timeUs: (Date.now() + 86_400_000) * 1000 };
    for (const end of [tomorrow, { sequence: length + 1 }]) {
      await expect(exported(to, { shards: [0], to: end })).rejects.toMatchObject({
        code: "not-over",
      });
    }
    expect(to.list()).toEqual([]);
    await exported(to, { shards: [0], to: { sequence: length } });
    expect(checkRecord(to, key.public).findings).toEqual([]);
  });

  it("may be of no entries at all", async () => {
    const to = folder();
    const { shards } = await exported(to, { from: { sequence: 1_000_000 } });
    expect(shards.map(({ pieces, rows }) => [pieces, rows])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(checkRecord(to, key.public).findings).toEqual([]);
  });

  it("is not mixed with another one, nor with other things", async () => {
    const to = folder();
    await exported(to);
    await expect(exported(to, { formats: ["csv"] })).rejects.toThrow(RecordFault);
    const strange = folder("strange");
    mkdirSync(strange.path);
    for (const name of ["letter.txt", "report.unfinished"]) {
      await strange.write(name, Buffer.from("dear sir"));
      await expect(exported(strange)).rejects.toThrow(name);
      expect(strange.list()).toEqual([name]);
      rmSync(join(strange.path, name));
    }
  });

  it("is not gone on with when the log is another one, or a piece was altered", async () => {
    const path = join(place, "stopped");
    await expect(exported(new StoppedFolder(path, 20))).rejects.toThrow("stopped");
    venue = tradedVenue({ seed: 8 });
    await expect(exported(new RecordFolder(path))).rejects.toThrow("another log");
    const stopped = new RecordFolder(path);
    await stopped.write("shard-0-000001.csv", Buffer.from("nothing"));
    await expect(exported(stopped)).rejects.toThrow("shard-0-000001.csv");
  });
});
