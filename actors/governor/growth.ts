/**
 * Growth: takes shards into the venue that it did not begin with, one at a time.
 *
 * The governor's own shard is told first: from there on it can speak to the new one. Then the other
 * shards hear how many there are, and the new one all that the others have heard before. Actors
 * move there one by one, as between any two shards.
 */
import { governorShard, RejectReason, shardsMax } from "../../protocols/index.ts";
import type { AddShard, AnnounceShard, ShardId } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Directory } from "../directory/directory.ts";
import { record } from "./interventions.ts";
import type { Relocations } from "./relocations.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

/** A frame of them is far from what a server lets through. */
const pinsPerMessageMax = 500;

export class Growth {
  readonly #tickets: Tickets;
  readonly #relocations: Relocations;
  /** The ticket of the last shard that was added, which all may have served. */
  #ticket: number | undefined;

  constructor(tickets: Tickets, relocations: Relocations) {
    this.#tickets = tickets;
    this.#relocations = relocations;
  }

  /** Whether a shard is new that not all have heard of. */
  get isUnderWay(): boolean {
    return this.#ticket !== undefined && this.#tickets.isOpen(this.#ticket);
  }

  add(command: AddShard, context: ActorContext): RejectReason {
    const { shards, author, reason: why } = command;
    if (this.#ticket !== undefined && shards === context.shards) {
      this.#tickets.answerWith(this.#ticket, context);
      return none;
    }
    const reason = this.#whyNot(command, context);
    if (reason !== none) return answer(context, reason);
    record(command, { target: `shard ${String(shards - 1)}`, author, reason: why }, context);
    const ticket = (this.#ticket = this.#tickets.take(context, shards));
    context.send({ kind: "announce-shard", shard: governorShard, shards, ticket });
    return none;
  }

  #whyNot({ shards }: AddShard, context: ActorContext): RejectReason {
    if (!context.logic.addsShards) return RejectReason["command-not-permitted"];
    if (shards !== context.shards + 1 || shards > shardsMax) {
      return RejectReason["shard-out-of-turn"];
    }
    const isBusy = this.isUnderWay || this.#relocations.moving !== undefined;
    return isBusy ? RejectReason["placement-under-way"] : none;
  }

  /** The governor's own shard can speak to the new one. */
  tell({ shards, ticket }: AnnounceShard, directory: Directory, context: ActorContext): void {
    const added = shards - 1;
    for (let shard = governorShard + 1; shard < added; shard++) {
      context.send({ kind: "announce-shard", shard, shards, ticket });
    }
    this.#tellVenue(added, directory, context);
    // Behind all else: the new shard that serves the ticket for them has heard the rest.
    tellPins(added, ticket, context);
    context.send({ kind: "ticket-served", ticket });
  }

  /** What every other shard has heard of the venue. */
  #tellVenue(shard: ShardId, directory: Directory, context: ActorContext): void {
    const [instruments, { isHalted, approvalPolicy }] = [directory.instruments(), directory];
    const policy = approvalPolicy.entries;
    const [schedules, custody] = [directory.feeSchedules(), directory.custodyPolicies()];
    const cycles = directory.settlementCycles();
    const places = [
      ...[instruments.length, isHalted ? 1 : 0, policy.length > 0 ? 1 : 0],
      ...[schedules.length, custody.length, cycles.length, directory.risk?.places ?? 0],
    ].reduce((sum, count) => sum + count);
    const ticket = places === 0 ? 0 : this.#tickets.take(context, places, { isUnasked: true });
    for (const { asset, decimals } of directory.assets()) {
      context.send({ kind: "announce-asset", shard, asset, decimals });
    }
    for (const terms of instruments) {
      context.send({ kind: "announce-instrument", shard, terms, ticket });
    }
    if (isHalted) context.send({ kind: "announce-venue-halt", shard, isHalted, ticket });
    for (const terms of schedules) {
      context.send({ kind: "announce-fee-schedule", shard, ...terms, ticket });
    }
    for (const terms of cycles) {
      context.send({ kind: "announce-settlement-cycle", shard, ...terms, ticket });
    }
    for (const rules of custody) {
      context.send({ kind: "announce-custody-policy", shard, policy: rules, ticket });
    }
    for (const { scope, limits } of directory.risk?.limits() ?? []) {
      context.send({ kind: "announce-risk-limits", shard, scope, limits, ticket });
    }
    for (const [symbol, state] of directory.contracts.all()) {
      context.send({ kind: "announce-contract", shard, symbol, ...state });
    }
    for (const known of directory.prices.all()) {
      context.send({ kind: "announce-price", shard, ...known });
    }
    for (const [account, group] of directory.risk?.groups() ?? []) {
      context.send({ kind: "announce-risk-group", shard, account, group, ticket });
    }
    if (policy.length > 0) {
      context.send({ kind: "announce-approval-policy", shard, policy, ticket });
    }
  }

  /** Undefined while no shard was ever added. */
  snapshot(): number | undefined {
    return this.#ticket;
  }

  restore(ticket: number): void {
    this.#ticket = ticket;
  }
}

/** Who lives elsewhere than at first, in as many messages as that takes; one at least. */
function tellPins(shard: ShardId, ticket: number, context: ActorContext): void {
  const { placement } = context;
  const pins = placement.pins();
  let told = 0;
  do {
    const next = pins.slice(told, told + pinsPerMessageMax);
    told += next.length;
    const isLast = told === pins.length;
    const { epoch } = placement;
    context.send({ kind: "announce-pins", shard, epoch, pins: next, ticket: isLast ? ticket : 0 });
  } while (told < pins.length);
}
