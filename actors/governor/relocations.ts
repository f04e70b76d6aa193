/**
 * Relocations: has actors live in other shards, one at a time.
 *
 * Every shard is told; the actor's new home serves the ticket when the actor is there. How the two
 * come to that is theirs to know.
 */
import { accountAt, RejectReason, symbolAt } from "../../protocols/index.ts";
import type { ActorAddress, PlaceActor } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { record } from "./interventions.ts";
import type { Register } from "./register.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

export class Relocations {
  readonly #register: Register;
  readonly #tickets: Tickets;
  readonly #isGrowing: () => boolean;
  /** The last move, which may be over. */
  #last: { readonly actor: ActorAddress; readonly ticket: number } | undefined;

  /** @param isGrowing whether a shard is new that not all have heard of. */
  constructor(register: Register, tickets: Tickets, isGrowing: () => boolean) {
    this.#register = register;
    this.#tickets = tickets;
    this.#isGrowing = isGrowing;
  }

  /** The actor that moves. */
  get moving(): ActorAddress | undefined {
    const last = this.#last;
    return last !== undefined && this.#tickets.isOpen(last.ticket) ? last.actor : undefined;
  }

  place(command: PlaceActor, context: ActorContext): RejectReason {
    const reason = this.#whyNot(command, context);
    if (reason !== none) return answer(context, reason);
    const { actor, shard: home, author, reason: why } = command;
    record(command, { target: actor, author, reason: why }, context);
    const ticket = this.#tickets.take(context, 1);
    this.#last = { actor, ticket };
    const epoch = context.placement.epoch + 1;
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-placement", shard, epoch, actor, home, ticket });
    }
    return none;
  }

  #whyNot({ actor, shard }: PlaceActor, context: ActorContext): RejectReason {
    if (!context.logic.movesActors) return RejectReason["command-not-permitted"];
    const account = accountAt(actor);
    if (account === undefined) {
      const isListed = this.#register.instruments.has(symbolAt(actor));
      if (!isListed) return RejectReason["instrument-unknown"];
    } else if (!this.#register.accounts.has(account)) {
      return RejectReason["account-unknown"];
    }
    if (shard < 0 || shard >= context.shards) return RejectReason["shard-unknown"];
    if (context.placement.shardOf(actor) === shard) return RejectReason["actor-already-there"];
    const isBusy = this.moving !== undefined || this.#tickets.isListing || this.#isGrowing();
    return isBusy ? RejectReason["placement-under-way"] : none;
  }

  /** Undefined while nothing has ever moved. */
  snapshot(): SavedRelocations | undefined {
    return this.#last && [this.#last.actor, this.#last.ticket];
  }

  restore([actor, ticket]: SavedRelocations): void {
    this.#last = { actor, ticket };
  }
}

export type SavedRelocations = readonly [actor: ActorAddress, ticket: number];
