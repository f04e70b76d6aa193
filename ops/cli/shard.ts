/** `outcry shard`: which shards there are, one more, and who should live there. */
import { Command } from "commander";
import type { Home } from "./actor-homes.ts";
import { withApprovals } from "./approving.ts";
import { withReason } from "./halt.ts";
import type { CommonOptions } from "./output.ts";
import { print, progressOf, renderTable, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";
import type { GrowthOptions, Spread } from "./shard-growth.ts";

interface SpreadOptions extends GrowthOptions {
  readonly dryRun?: boolean;
}

/** One shard, and how many live there. */
interface ShardHomes {
  readonly shard: number;
  readonly accounts: number;
  readonly books: number;
  /** Whether it was added to those that the venue was founded with. */
  readonly isAdded: boolean;
}

export function command(): Command {
  return new Command("shard")
    .description("Shards: which there are, one more, and a fair share for it.")
    .addCommand(listCommand())
    .addCommand(addCommand())
    .addCommand(spreadCommand());
}

function listCommand(): Command {
  const list = new Command("list").description("Lists the shards, and how many live in each.");
  return withCommonOptions(list).action(async (options: CommonOptions) => {
    const [{ withAdmin }, { homesOf }] = await Promise.all([
      import("./exchange-access.ts"),
      import("./actor-homes.ts"),
    ]);
    const { placement, homes } = await withAdmin(findCluster(options), homesOf);
    const shards = Array.from({ length: placement.shards }, (_, shard) => {
      return { ...countIn(shard, homes), isAdded: shard >= placement.founded };
    });
    print(options, { ok: true, shards }, () => renderShards(shards));
  });
}

function countIn(shard: number, homes: readonly Home[]): Omit<ShardHomes, "isAdded"> {
  const here = homes.filter((home) => home.shard === shard);
  const books = here.filter(({ actor }) => actor.startsWith("book/")).length;
  return { shard, accounts: here.length - books, books };
}

function renderShards(shards: readonly ShardHomes[]): string {
  return renderTable(
    ["shard", "accounts", "books", ""],
    shards.map(({ shard, accounts, books, isAdded }) => [
      ...[shard, accounts, books].map(String),
      isAdded ? "added" : "",
    ]),
  );
}

function addCommand(): Command {
  const add = new Command("add").description(
    "Adds a shard while the exchange runs: makes its log, restarts engine nodes and gateways one " +
      "after the other so that they serve it, and has all shards know of it. Clients of a gateway " +
      "connect anew. Nobody lives there before `shard spread` or `actor move`.",
  );
  return withApprovals(withReason(add)).action(async (options: GrowthOptions) => {
    const { addShard } = await import("./shard-growth.ts");
    const shard = await addShard(options, progressOf(options));
    if (shard === undefined) return;
    print(options, { ok: true, shard, reason: options.reason }, () => {
      return `there is a shard ${shard} now; ./outcry shard spread has its share live there`;
    });
  });
}

function spreadCommand(): Command {
  const spread = new Command("spread")
    .description(
      "Moves to shards that were added what falls to them when all shards share alike, one account " +
        "or book after the other. Whom somebody has moved stays there.",
    )
    .option("--dry-run", "say who would move");
  return withCommonOptions(withReason(spread)).action(async (options: SpreadOptions) => {
    const { withAdmin } = await import("./exchange-access.ts");
    const growth = await import("./shard-growth.ts");
    const { homesOf } = await import("./actor-homes.ts");
    const spreads = await withAdmin(findCluster(options), async (admin) =>
      options.dryRun === true
        ? growth.spreadsOf(await homesOf(admin))
        : await growth.spread(admin, options.reason, progressOf(options)),
    );
    const isDone = options.dryRun !== true;
    print(options, { ok: true, isDone, moves: spreads }, () => renderSpreads(spreads, isDone));
  });
}

function renderSpreads(spreads: readonly Spread[], isDone: boolean): string {
  if (spreads.length === 0) return "all have their share";
  if (isDone) return `${spreads.length} moved`;
  return spreads.map(({ actor, to }) => `${actor} would move to shard ${to}`).join("\n");
}
