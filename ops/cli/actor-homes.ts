/** Which accounts and books there are, and where each lives. */
import type { AdminClient } from "../../clients/sdk/index.ts";
import { addressOfAccount, addressOfBook, isActorAddress } from "../../protocols/actor-address.ts";
import type { ActorAddress } from "../../protocols/actor-address.ts";
import type { PlacementReply } from "../../protocols/api/replies.ts";
import type { Pin } from "../../protocols/messages.ts";
import { Placement } from "../../protocols/placement.ts";

/** One actor, and whether somebody has it live there. */
export interface Home {
  readonly actor: ActorAddress;
  readonly shard: number;
  readonly isPinned: boolean;
}

export interface Homes {
  readonly placement: Placement;
  /** The actor that moves; "" for none. */
  readonly moving: string;
  /** Accounts, then books. */
  readonly homes: readonly Home[];
}

export async function homesOf(admin: AdminClient): Promise<Homes> {
  const [accounts, instruments, reply] = await Promise.all([
    admin.accounts(),
    admin.instruments(),
    admin.placement(),
  ]);
  const placement = placementIn(reply);
  const pinned = new Set(placement.pins().map(([actor]) => actor));
  const actors = [
    ...accounts.map(addressOfAccount),
    ...instruments.map(({ symbol }) => addressOfBook(symbol)),
  ];
  const homes = actors.map((actor): Home => {
    return { actor, shard: placement.shardOf(actor), isPinned: pinned.has(actor) };
  });
  return { placement, moving: reply.moving, homes };
}

function placementIn({ shards, founded, epoch, pins }: PlacementReply): Placement {
  const read = pins.flatMap(({ actor, shard }): Pin[] => {
    return isActorAddress(actor) ? [[actor, shard]] : [];
  });
  return new Placement({ shards, founded }, epoch, read);
}
