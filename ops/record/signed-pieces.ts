/** What is written of a record already, as far as an export that was stopped had come. */
import { isDeepStrictEqual } from "node:util";
import { manifestName, names, sha256 } from "./manifest.ts";
import type { Description, Manifest, Seal } from "./manifest.ts";
import { RecordFault } from "./record-fault.ts";
import { isOfExport } from "./record-folder.ts";
import type { RecordFiles } from "./record-folder.ts";
import type { PublicKey } from "./record-key.ts";

/** A file that is signed by the key; undefined where it or its signature is not there. */
export function signedFile(
  files: RecordFiles,
  name: string,
  key: PublicKey,
): Uint8Array | undefined {
  const [bytes, signature] = [files.read(name), files.read(names.signatureOf(name))];
  if (bytes === undefined || signature === undefined) return undefined;
  if (!key.hasSigned(bytes, signature)) throw damaged(name);
  return bytes;
}

/** The pieces of a shard that are whole, from the first one on. */
export function wholePieces(
  files: RecordFiles,
  { shard, first }: { readonly shard: number; readonly first: string },
  key: PublicKey,
): { readonly manifests: readonly Manifest[]; readonly last: string } {
  const manifests: Manifest[] = [];
  let last = first;
  for (;;) {
    const name = manifestName(shard, manifests.length + 1);
    const bytes = signedFile(files, name, key);
    if (bytes === undefined) return { manifests, last };
    const manifest = parse<Manifest>(bytes);
    if (manifest.previous !== last) throw damaged(name);
    for (const file of manifest.files) {
      const content = files.read(file.name);
      if (content === undefined || sha256(content) !== file.sha256) throw damaged(file.name);
    }
    manifests.push(manifest);
    last = sha256(bytes);
  }
}

/** The description that is there; undefined in an empty folder. Throws where it is another one. */
export function earlierDescription(
  files: RecordFiles,
  wanted: Omit<Description, "shards" | "cluster"> & { readonly shards: readonly number[] },
  key: PublicKey,
): Uint8Array | undefined {
  const bytes = signedFile(files, names.description, key);
  if (bytes === undefined) {
    const own: readonly string[] = [names.key, names.description];
    const stranger = files.list().find((name) => !own.includes(name) && !isOfExport(name));
    if (stranger === undefined) return undefined;
    throw new RecordFault(
      "record-of-something-else",
      `the folder holds ${stranger}, and no record`,
    );
  }
  const { cluster: _, shards, ...found } = parse<Description>(bytes);
  const { shards: wantedShards, ...others } = wanted;
  const isSame =
    isDeepStrictEqual(found, JSON.parse(JSON.stringify(others))) &&
    isDeepStrictEqual(
      shards.map(({ shard }) => shard),
      wantedShards,
    );
  if (isSame) return bytes;
  throw new RecordFault(
    "record-of-something-else",
    "the folder holds another record: give what it was begun with, or take another folder",
  );
}

export function earlierSeal(files: RecordFiles, key: PublicKey): Seal | undefined {
  const bytes = signedFile(files, names.seal, key);
  return bytes === undefined ? undefined : parse<Seal>(bytes);
}

export function parse<Signed extends Description | Manifest | Seal>(bytes: Uint8Array): Signed {
  return JSON.parse(Buffer.from(bytes).toString()) as Signed;
}

function damaged(name: string): RecordFault {
  return new RecordFault("record-damaged", `${name} is not as it was written: verify the folder`);
}
