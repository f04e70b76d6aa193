/** Reads a workload from a file, plain (`.bin`) or compressed with zstd (`.zst`). */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { ConformFault } from "./conform-fault.ts";
import { Workload } from "./workload.ts";

/** Throws a {@link ConformFault}, naming the file, when it cannot be read or is no workload. */
export async function readWorkload(path: string): Promise<Workload> {
  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) chunks.push(chunk);
  };
  const name = basename(path);
  try {
    if (path.endsWith(".zst")) {
      await pipeline(createReadStream(path), createZstdDecompress(), collect);
    } else {
      await pipeline(createReadStream(path), collect);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConformFault("file-unreadable", `${name}: ${why}`, { cause });
  }
  try {
    return new Workload(joined(chunks));
  } catch (cause) {
    if (!(cause instanceof ConformFault)) throw cause;
    throw new ConformFault(cause.code, `${name}: ${cause.message}`, { cause });
  }
}

function joined(chunks: readonly Buffer[]): ArrayBuffer {
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.buffer;
}
