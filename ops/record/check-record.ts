/**
 * Whether an order record is what was signed: nothing altered, left out, put in or put elsewhere.
 *
 * All is looked at; what is wrong is told in the order in which it is found, and what only follows
 * from something else that is wrong is not told again.
 */
import { findAlteredRow } from "./altered-row.ts";
import { recordVersion } from "./columns.ts";
import type { Finding } from "./finding.ts";
import { formats, manifestName, names, rowHashesName, sha256 } from "./manifest.ts";
import type { Description, Manifest, Seal, ShardSeal, SignedFile } from "./manifest.ts";
import type { RecordFiles } from "./record-folder.ts";
import { PublicKey } from "./record-key.ts";
import { parse } from "./signed-pieces.ts";

export interface CheckedRecord {
  readonly findings: readonly Finding[];
  /** The fingerprint of the key that it was held against; undefined where there was none at all. */
  readonly key: string | undefined;
  /** undefined where that cannot be trusted. */
  readonly description: Description | undefined;
  /** By shard: those that are as they were signed. */
  readonly pieces: ReadonlyMap<number, readonly Manifest[]>;
}

/**
 * @param key whose record it has to be. Without one the key that lies beside the record is taken:
 *   then whoever has made all of it anew, with a key of their own, is not found.
 */
export function checkRecord(files: RecordFiles, key?: PublicKey): CheckedRecord {
  return new RecordCheck(files, key).run();
}

/** A signed file that is as it was signed. */
interface Signed<Content> {
  readonly content: Content;
  readonly hash: string;
}

class RecordCheck {
  readonly #files: RecordFiles;
  /** The names of all that is there. */
  readonly #there: ReadonlySet<string>;
  readonly #given: PublicKey | undefined;
  readonly #key: PublicKey | undefined;
  readonly #findings: Finding[] = [];
  readonly #pieces = new Map<number, Manifest[]>();
  /** The names of all files that belong to the record. */
  readonly #known = new Set<string>();

  constructor(files: RecordFiles, given: PublicKey | undefined) {
    this.#files = files;
    this.#there = new Set(files.list());
    this.#given = given;
    this.#key = given ?? this.#keyBeside();
  }

  run(): CheckedRecord {
    this.#checkKeyBeside();
    const description = this.#signed<Description>(names.description);
    const seal = this.#there.has(names.seal) ? this.#signed<Seal>(names.seal) : undefined;
    if (description !== undefined && this.#isReadable(description.content)) {
      this.#checkShards(description, seal);
      this.#checkStrangers();
    }
    return {
      findings: this.#findings,
      key: this.#key?.fingerprint,
      description: description?.content,
      pieces: this.#pieces,
    };
  }

  // ---- Keys --------------------------------------------------------------------------------

  #keyBeside(): PublicKey | undefined {
    const pem = this.#files.read(names.key);
    try {
      return pem && PublicKey.fromPem(pem);
    } catch (error) {
      // No key, whatever it is instead.
      if (error instanceof Error) return undefined;
      throw error;
    }
  }

  /** It is there for others to verify with, so it has to be the right one. */
  #checkKeyBeside(): void {
    this.#known.add(names.key);
    const file = names.key;
    const pem = this.#files.read(file);
    const beside = this.#keyBeside();
    if (pem === undefined) this.#find({ kind: "missing", file, message: "is missing" });
    else if (beside === undefined)
      this.#find({ kind: "altered", file, message: "is no public key" });
    else if (this.#given !== undefined && beside.fingerprint !== this.#given.fingerprint) {
      const message = `is another key than the one that was asked for: ${beside.fingerprint}`;
      this.#find({ kind: "other-key", file, message });
    } else if (Buffer.compare(pem, Buffer.from(beside.pem)) !== 0) {
      this.#find({ kind: "altered", file, message: "is not written as it was" });
    }
  }

  // ---- What is signed ----------------------------------------------------------------------

  #signed<Content extends Description | Manifest | Seal>(
    file: string,
  ): Signed<Content> | undefined {
    const signatureFile = names.signatureOf(file);
    this.#known.add(file).add(signatureFile);
    const [bytes, signature] = [this.#files.read(file), this.#files.read(signatureFile)];
    if (bytes === undefined) {
      this.#find({ kind: "missing", file, message: "is missing" });
    } else if (signature === undefined) {
      this.#find({ kind: "missing", file: signatureFile, message: "is missing" });
    } else if (this.#key?.hasSigned(bytes, signature) !== true) {
      const message = "was altered, or its signature was, or it is signed with another key";
      this.#find({ kind: "signature", file, message });
    } else {
      return { content: parse<Content>(bytes), hash: sha256(bytes) };
    }
    return undefined;
  }

  #isReadable({ version }: Description): boolean {
    if (version === recordVersion) return true;
    const message = `is of version ${version}; this release knows ${recordVersion}`;
    this.#find({ kind: "version", file: names.description, message });
    return false;
  }

  // ---- Pieces ------------------------------------------------------------------------------

  #checkShards({ content, hash }: Signed<Description>, seal: Signed<Seal> | undefined): void {
    for (const { shard } of content.shards) {
      const sealed = seal?.content.shards.find((each) => each.shard === shard);
      const last = this.#checkPieces(shard, hash, sealed?.pieces);
      if (seal !== undefined) this.#checkSealed(shard, sealed, last);
    }
    if (seal !== undefined && seal.content.record !== hash) {
      this.#find({ kind: "misplaced", file: names.seal, message: "is the seal of another record" });
    }
    if (this.#there.has(names.seal)) return;
    const message = "is missing: the export has not ended, or its end was removed";
    this.#find({ kind: "unfinished", file: names.seal, message });
  }

  #checkSealed(shard: number, sealed: ShardSeal | undefined, last: LastPiece | undefined): void {
    if (sealed === undefined) {
      const message = `says nothing of shard ${shard}`;
      this.#find({ kind: "misplaced", file: names.seal, message });
      return;
    }
    if (last !== undefined && last.hash !== sealed.last) {
      const message = "is not the last one that the seal names";
      this.#find({ kind: "misplaced", file: last.name, message });
    }
    const whole = this.#pieces.get(shard) ?? [];
    const rows = whole.reduce((sum, piece) => sum + piece.rows, 0);
    if (whole.length !== sealed.pieces || rows === sealed.rows) return;
    const message = `says ${sealed.rows} rows of shard ${shard}, and its pieces ${rows}`;
    this.#find({ kind: "misplaced", file: names.seal, message });
  }

  /** @returns the last manifest; undefined where it is not as it was signed. */
  #checkPieces(shard: number, first: string, sealed: number | undefined): LastPiece | undefined {
    const count = sealed ?? this.#highestPiece(shard);
    const whole: Manifest[] = [];
    this.#pieces.set(shard, whole);
    let hash: string | undefined = first;
    let before: Manifest | undefined;
    for (let number = 1; number <= count; number++) {
      const name = manifestName(shard, number);
      const piece = this.#signed<Manifest>(name);
      const expected = { shard, number, hash, before };
      const wrong = piece && whyMisplaced(piece.content, expected);
      if (wrong !== undefined) this.#find({ kind: "misplaced", file: name, message: wrong });
      if (piece !== undefined && wrong === undefined) {
        this.#checkFiles(piece.content);
        whole.push(piece.content);
      } else {
        this.#knowFiles(shard, number);
      }
      hash = piece?.hash;
      before = piece?.content;
    }
    return hash === undefined ? undefined : { name: manifestName(shard, count), hash };
  }

  /** Of files whose manifest cannot be trusted nothing more is said. */
  #knowFiles(shard: number, number: number): void {
    const piece = names.piece(shard, number);
    for (const format of formats) this.#known.add(`${piece}.${format}`);
    this.#known.add(rowHashesName(shard, number));
  }

  /** Where no seal says how many there are. */
  #highestPiece(shard: number): number {
    const numbers = [...this.#there].flatMap((name) => {
      const [, of, number] = /^shard-(\d+)-(\d{6})\./.exec(name) ?? [];
      return of === String(shard) ? [Number(number)] : [];
    });
    return Math.max(0, ...numbers);
  }

  #checkFiles({ shard, number, files }: Manifest): void {
    const hashesName = rowHashesName(shard, number);
    const isRight = new Map(files.map((file) => [file.name, this.#isAsSigned(file)]));
    const hashes = this.#files.read(hashesName);
    for (const [name, right] of isRight) {
      if (right) continue;
      const bytes = this.#files.read(name);
      if (bytes === undefined) this.#find({ kind: "missing", file: name, message: "is missing" });
      else if (name === hashesName || hashes === undefined || isRight.get(hashesName) !== true) {
        const message = "its bytes are not those that were signed";
        this.#find({ kind: "altered", file: name, message });
      } else this.#find(findAlteredRow({ name, bytes }, hashes));
    }
  }

  #isAsSigned({ name, sha256: signed }: SignedFile): boolean {
    this.#known.add(name);
    const bytes = this.#files.read(name);
    return bytes !== undefined && sha256(bytes) === signed;
  }

  // ---- What does not belong there ----------------------------------------------------------

  #checkStrangers(): void {
    for (const file of this.#there) {
      if (this.#known.has(file)) continue;
      this.#find({ kind: "unexpected", file, message: "does not belong to the record" });
    }
  }

  #find(finding: Finding): void {
    this.#findings.push(finding);
  }
}

/** A shard's last manifest. */
interface LastPiece {
  readonly name: string;
  readonly hash: string;
}

interface Expected {
  readonly shard: number;
  readonly number: number;
  /** Of the manifest before; undefined where that is not known. */
  readonly hash: string | undefined;
  readonly before: Manifest | undefined;
}

function whyMisplaced(
  manifest: Manifest,
  { shard, number, hash, before }: Expected,
): string | undefined {
  if (manifest.shard !== shard || manifest.number !== number) {
    return `is piece ${manifest.number} of shard ${manifest.shard}`;
  }
  if (hash === undefined) return undefined;
  if (manifest.previous !== hash) return "does not follow on what stands before it";
  if (before === undefined) return undefined;
  const [{ upTo }, { after }] = [before, manifest];
  const follows = upTo.sequence === after.sequence && upTo.entriesHash === after.entriesHash;
  return follows ? undefined : `does not go on at entry ${upTo.sequence} of the log`;
}
