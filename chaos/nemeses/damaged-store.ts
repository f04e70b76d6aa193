/**
 * The store of a minority of nats-servers is damaged: a follower of the shard's log is killed or
 * stopped, bits of its stored entries are flipped, and it is started again. Mended is it when its
 * copy is as the others' again, without anybody's help.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { serverFiles } from "../../ops/nats-servers/server-files.ts";
import type { Nemesis } from "./fault.ts";
import { flipBytes } from "./flipped-bytes.ts";
import { differingCopies } from "./server-copies.ts";
import type { Target } from "./target.ts";

const bytesFlipped = 5;

export function damagedStore(): Nemesis {
  return async (target) => {
    const name = await target.processOf("nats-follower");
    // A server that was stopped in order trusts what it noted of its files.
    const isKilled = target.random.percent(50);
    return {
      what: `${isKilled ? "killed" : "stopped"} ${name}, flipped ${bytesFlipped} bytes of its copy of the log of shard ${target.shard}`,
      shards: [target.shard],
      untouched: [],
      inject: async () => {
        await target.signal(name, isKilled ? "SIGKILL" : "SIGTERM");
        await flipBytes(await blockOf(target, name), {
          count: bytesFlipped,
          random: target.random,
        });
      },
      heal: () => target.restart(name),
      inspect: async () => differingCopies(target.cluster, await target.heads()),
    };
  };
}

/** The largest of the files in which the server keeps the entries of the shard's log. */
async function blockOf(target: Target, server: string): Promise<string> {
  const { storeDirectory } = serverFiles(target.cluster.directory.path, server);
  const files = await readdir(storeDirectory, { recursive: true });
  const ofLog = files.filter(
    (file) => file.includes(`/LOG_${target.shard}_`) && /\/msgs\/[0-9]+\.blk$/.test(file),
  );
  const sized = await Promise.all(
    ofLog.map(async (file) => {
      const path = join(storeDirectory, file);
      return { path, size: (await stat(path)).size };
    }),
  );
  const largest = sized.toSorted((a, b) => b.size - a.size)[0];
  if (largest === undefined) throw new Error(`${server} stores nothing of shard ${target.shard}`);
  return largest.path;
}
