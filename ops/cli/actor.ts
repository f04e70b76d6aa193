/** `outcry actor`: where accounts and books live, and how they come to another shard. */
import { Command, InvalidArgumentError } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { isActorAddress } from "../../protocols/actor-address.ts";
import type { ActorAddress } from "../../protocols/actor-address.ts";
import type { Home, Homes } from "./actor-homes.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface MoveOptions extends InterventionOptions {
  readonly to: number;
}

export function command(): Command {
  return new Command("actor")
    .description(
      "Tells where accounts and books live, and moves them: " +
        "./outcry actor move book/BTC-USDT --to 2 --reason 'a shard of its own'",
    )
    .addCommand(moveCommand())
    .addCommand(whereCommand())
    .addCommand(listCommand());
}

const actorArgument = ["<actor>", "account/ID, or book/SYMBOL with its market", actorOf] as const;

function moveCommand(): Command {
  const move = new Command("move")
    .description("Has an account or a book live in another shard. Trading goes on meanwhile.")
    .argument(...actorArgument)
    .requiredOption("--to <shard>", "the number of the shard (required)", shardOf);
  return withApprovals(withReason(move)).action(
    async (actor: ActorAddress, options: MoveOptions) => {
      const { withAdmin, accepted } = await import("./exchange-access.ts");
      const { to: shard, reason } = options;
      const act = async (admin: AdminClient) => {
        const body = { actor, shard, reason };
        if (await isProposed(admin, { options, request: "actor.place", body })) return;
        const beganAtMs = performance.now();
        accepted(await admin.placeActor({ ...body, ...approvalsIn(options) }));
        const tookMs = Math.round(performance.now() - beganAtMs);
        print(options, { ok: true, actor, shard, reason, tookMs }, () => {
          return `${actor} lives in shard ${String(shard)} (${String(tookMs)} ms)`;
        });
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function whereCommand(): Command {
  const where = new Command("where")
    .description("Tells which shard an account or a book lives in.")
    .argument(...actorArgument);
  return withCommonOptions(where).action(async (actor: ActorAddress, options: CommonOptions) => {
    const { homes, moving } = await homesIn(options);
    const home = homes.find((of) => of.actor === actor);
    if (home === undefined) throw new CommandFault("actor-unknown", `there is no ${actor}`);
    const isMoving = moving === actor;
    print(options, { ok: true, ...home, isMoving }, () => {
      return `${lineOf(home)}${isMoving ? ", and is on its way there" : ""}`;
    });
  });
}

function listCommand(): Command {
  const list = new Command("list").description("Lists accounts and books, and where they live.");
  return withCommonOptions(list).action(async (options: CommonOptions) => {
    const { homes: actors, placement, moving } = await homesIn(options);
    const { epoch, shards } = placement;
    print(options, { ok: true, epoch, shards, moving, actors }, () => {
      const moves = `${String(epoch)} moves so far${moving === "" ? "" : `; ${moving} moves now`}`;
      return [...actors.map(lineOf), moves].join("\n");
    });
  });
}

async function homesIn(options: CommonOptions): Promise<Homes> {
  const { withAdmin } = await import("./exchange-access.ts");
  const { homesOf } = await import("./actor-homes.ts");
  return await withAdmin(findCluster(options), homesOf);
}

function lineOf({ actor, shard, isPinned }: Home): string {
  return `${actor} lives in shard ${String(shard)}${isPinned ? ", where it was moved" : ""}`;
}

/** @internal */
export function actorOf(text: string): ActorAddress {
  if (!isActorAddress(text)) {
    throw new InvalidArgumentError("It is account/ID or book/SYMBOL, such as book/BTC-USDT.");
  }
  return text;
}

/** @internal */
export function shardOf(text: string): number {
  if (!/^[0-9]{1,3}$/.test(text)) throw new InvalidArgumentError("It is a shard's number.");
  return Number(text);
}
