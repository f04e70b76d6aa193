/** How a shard was rebuilt as of some place, and what its hashes were held against, for people. */
import { momentOf } from "../past/past-place.ts";
import type { PastShardReport } from "../past/past-shard.ts";
import { paint } from "./output.ts";

export function renderPastShard(report: PastShardReport): string {
  const { shard, sequence, timeUs, snapshot, replayed, comparisons } = report;
  const where =
    sequence === 0
      ? "before its first entry"
      : `as of entry ${sequence.toLocaleString("en-US")}, ${momentOf(timeUs)}`;
  const entries = `${replayed.toLocaleString("en-US")} ${replayed === 1 ? "entry" : "entries"}`;
  const how =
    snapshot === 0
      ? `${entries} replayed`
      : `snapshot ${snapshot.toLocaleString("en-US")} and ${entries} replayed`;
  return [
    `shard ${shard} ${where}: ${how}`,
    `  entries  ${report.entries}`,
    `  outputs  ${report.outputs}`,
    `  state    ${report.state}`,
    ...(comparisons.length === 0
      ? ["  nobody has said what they are here: --verify goes on to where somebody has"]
      : renderComparisons(report)),
  ].join("\n");
}

function renderComparisons({ comparisons }: PastShardReport): readonly string[] {
  const places = Map.groupBy(comparisons, ({ by, sequence }) => `${by} at ${sequence}`);
  return [...places].map(([place, compared]) => {
    const differing = compared.filter(({ same }) => !same).map(({ what }) => what);
    if (differing.length > 0)
      return paint("red", `  ${differing.join(" and ")} DIFFER from ${place}`);
    return `  ${compared.map(({ what }) => what).join(" and ")} same as ${place}`;
  });
}
