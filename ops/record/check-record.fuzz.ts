/**
 * Goal: whatever is done to a record, it is found, with its place.
 *
 * Method: a record of a day of random trading is edited ten thousand times, each time in one random
 * way of all that anybody could think of, and checked with the key it was signed with.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { checkRecord } from "./check-record.ts";
import { exportRecord } from "./export-record.ts";
import { placeOf } from "./finding.ts";
import { names } from "./manifest.ts";
import { RecordFolder } from "./record-folder.ts";
import { ensureRecordKey } from "./record-key.ts";
import type { RecordKey } from "./record-key.ts";
import { KeptFiles } from "./testing/kept-files.ts";
import { logsOf, tradedVenue, wholeRecord } from "./testing/recorded-venue.ts";

const edits = Number(process.env["OUTCRY_RECORD_EDITS"] ?? 10_000);
const seed = Number(process.env["OUTCRY_RECORD_SEED"] ?? 1);

let place: string;
let whole: KeptFiles;
let key: RecordKey;
let otherKey: RecordKey;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "outcry-record-"));
  key = ensureRecordKey(join(place, "keys"));
  otherKey = ensureRecordKey(join(place, "other-keys"));
  const folder = new RecordFolder(join(place, "record"));
  const wanted = { ...wholeRecord, rowsMax: 40 };
  await exportRecord(folder, wanted, { logs: logsOf(tradedVenue({ moves: 50 })), key });
  whole = KeptFiles.of(folder.path);
  expect(checkRecord(whole, key.public).findings).toEqual([]);
});
afterAll(() => rmSync(place, { recursive: true }));

/** What was done: the files that differ now, and the first row where that is known. */
interface Edit {
  readonly what: string;
  readonly files: readonly string[];
  readonly row?: number;
}

class Editor {
  readonly #random: Random;
  readonly #files: Map<string, Uint8Array>;

  constructor(random: Random, files: Map<string, Uint8Array>) {
    this.#random = random;
    this.#files = files;
  }

  edit(): Edit {
    return this.#random.pick(this.#edits)();
  }

  readonly #edits: readonly (() => Edit)[] = [
    () => this.#flip(this.#pick()),
    () => this.#truncate(this.#pick()),
    () => this.#append(this.#pick()),
    () => this.#remove(this.#pick()),
    () => this.#rename(this.#pick()),
    () => this.#swap(this.#pick(), this.#pick()),
    () => this.#insertFile(),
    () => this.#removePiece(),
    () => this.#removeEnd(),
    () => this.#alterRow(this.#pick(/\.csv$/)),
    () => this.#removeRow(this.#pick(/\.csv$/)),
    () => this.#swapRows(this.#pick(/\.csv$/)),
    () => this.#repeatRow(this.#pick(/\.csv$/)),
    () => this.#editJson(this.#pick(/\.json$/)),
    () => this.#resign(this.#pick(/\.json$/)),
    () => this.#resignAll(),
    () => this.#replaceSignature(this.#pick(/\.sig$/)),
  ];

  #pick(which = /./): string {
    const chosen = [...this.#files.keys()].filter((name) => {
      return which.test(name) && this.#files.get(name)!.length > 0;
    });
    return this.#random.pick(chosen);
  }

  #bytes(name: string): Uint8Array {
    return this.#files.get(name)!;
  }

  #flip(name: string): Edit {
    const bytes = new Uint8Array(this.#bytes(name));
    const at = this.#random.below(bytes.length);
    bytes[at]! ^= 1 << this.#random.below(8);
    this.#files.set(name, bytes);
    return { what: `flip byte ${at}`, files: [name] };
  }

  #truncate(name: string): Edit {
    const bytes = this.#bytes(name);
    const length = this.#random.below(bytes.length);
    this.#files.set(name, bytes.subarray(0, length));
    return { what: `truncate to ${length}`, files: [name] };
  }

  #append(name: string): Edit {
    const more = Uint8Array.from({ length: 1 + this.#random.below(20) }, () =>
      this.#random.below(256),
    );
    this.#files.set(name, Buffer.concat([this.#bytes(name), more]));
    return { what: "append", files: [name] };
  }

  #remove(name: string): Edit {
    this.#files.delete(name);
    return { what: "remove", files: [name] };
  }

  #rename(name: string): Edit {
    const to = `${this.#random.below(1000)}-${name}`;
    this.#files.set(to, this.#bytes(name));
    this.#files.delete(name);
    return { what: `rename to ${to}`, files: [name, to] };
  }

  #swap(one: string, other: string): Edit {
    if (Buffer.compare(this.#bytes(one), this.#bytes(other)) === 0) return this.edit();
    const bytes = this.#bytes(one);
    this.#files.set(one, this.#bytes(other));
    this.#files.set(other, bytes);
    return { what: "swap", files: [one, other] };
  }

  #insertFile(): Edit {
    const name = this.#random.pick([
      "shard-0-999999.csv",
      "shard-0-999999.json",
      "shard-7-000001.json",
      "notes.txt",
    ]);
    this.#files.set(name, this.#bytes(this.#pick()));
    return { what: "insert", files: [name] };
  }

  #piece(name: string): readonly string[] {
    const stem = name.slice(0, name.indexOf("."));
    return [...this.#files.keys()].filter((each) => each.startsWith(`${stem}.`));
  }

  #removePiece(): Edit {
    const files = this.#piece(this.#pick(/^shard-.*\.json$/));
    for (const name of files) this.#files.delete(name);
    return { what: "remove a piece", files };
  }

  /** As if the export had ended before: some last pieces, or all, and the seal. */
  #removeEnd(): Edit {
    const manifests = [...this.#files.keys()].filter((name) => /^shard-.*\.json$/.test(name));
    const pieces = manifests.sort().slice(this.#random.below(manifests.length));
    const files = [names.seal, names.signatureOf(names.seal)];
    for (const name of [...files, ...pieces.flatMap((each) => this.#piece(each))]) {
      this.#files.delete(name);
    }
    return { what: "remove the end", files };
  }

  // ---- Rows --------------------------------------------------------------------------------

  #editLines(name: string, what: string, edit: (lines: string[], row: number) => void): Edit {
    const lines = Buffer.from(this.#bytes(name)).toString().trimEnd().split("\n");
    if (lines.length < 4) return this.edit();
    const row = 1 + this.#random.below(lines.length - 2);
    edit(lines, row);
    this.#files.set(name, Buffer.from([...lines, ""].join("\n")));
    return { what, files: [name], row };
  }

  #alterRow(name: string): Edit {
    return this.#editLines(name, "alter a row", (lines, row) => {
      lines[row] = lines[row]!.replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
    });
  }

  #removeRow(name: string): Edit {
    return this.#editLines(name, "remove a row", (lines, row) => lines.splice(row, 1));
  }

  #swapRows(name: string): Edit {
    return this.#editLines(name, "swap rows", (lines, row) => {
      [lines[row], lines[row + 1]] = [lines[row + 1]!, lines[row]!];
    });
  }

  #repeatRow(name: string): Edit {
    return this.#editLines(name, "put a row in", (lines, row) => {
      lines.splice(row, 0, lines[row]!.replace(/\d/, "8").replace(/,\d/, ",9"));
    });
  }

  // ---- What is signed ----------------------------------------------------------------------

  #edited(name: string): Uint8Array {
    const text = Buffer.from(this.#bytes(name)).toString();
    const digits = [...text.matchAll(/[0-9]/g)].map(({ index }) => index);
    const at = this.#random.pick(digits);
    const digit = (Number(text[at]) + 1 + this.#random.below(9)) % 10;
    return Buffer.from(`${text.slice(0, at)}${digit}${text.slice(at + 1)}`);
  }

  #editJson(name: string): Edit {
    this.#files.set(name, this.#edited(name));
    return { what: "edit a manifest", files: [name] };
  }

  /** With another key. */
  #resign(name: string): Edit {
    const bytes = this.#random.isOneOf(50) ? this.#edited(name) : this.#bytes(name);
    this.#files.set(name, bytes);
    this.#files.set(names.signatureOf(name), otherKey.sign(bytes));
    return { what: "sign with another key", files: [name, names.signatureOf(name)] };
  }

  #resignAll(): Edit {
    for (const name of [...this.#files.keys()].filter((each) => each.endsWith(".json"))) {
      this.#files.set(names.signatureOf(name), otherKey.sign(this.#bytes(name)));
    }
    this.#files.set(names.key, Buffer.from(otherKey.public.pem));
    return { what: "sign all with another key", files: [names.key, names.description] };
  }

  #replaceSignature(name: string): Edit {
    const other = this.#pick(/\.sig$/);
    if (other === name) return this.edit();
    this.#files.set(name, this.#bytes(other));
    return { what: "replace a signature", files: [name] };
  }
}

/** The file whose signature it is, too: nobody can tell which of the two was altered. */
function samePlace(file: string, found: string): boolean {
  return found === file || names.signatureOf(found) === file || names.signatureOf(file) === found;
}

it(`finds ${edits} random edits, each with its place`, () => {
  const random = new Random(seed);
  const missed: string[] = [];
  const seen = new Map<string, number>();
  for (let count = 0; count < edits; count++) {
    const files = new KeptFiles(whole.files);
    const { what, files: edited, row } = new Editor(random, files.files).edit();
    const { findings } = checkRecord(files, key.public);
    const [first] = findings;
    const isFound =
      first !== undefined &&
      edited.some((file) => samePlace(file, first.file)) &&
      (row === undefined || first.row === row);
    const kind = what.replace(/\d.*/, "");
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    if (isFound) continue;
    const found = findings.map((each) => `${placeOf(each)}: ${each.message}`).join("; ");
    missed.push(`${what} of ${edited.join(", ")} (row ${row}): found ${found}`);
  }
  expect(missed).toEqual([]);
  expect(seen.size).toBeGreaterThanOrEqual(17);
});
