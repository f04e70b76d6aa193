/**
 * Moves: where actors live as this shard knows it, and its part in a move that is under way.
 *
 * One actor moves at a time, from its old home to its new one, and every other shard is a witness.
 * Channels between shards keep their order, so marks on them tell what has come:
 *
 * 1. Each shard that hears of the move sends what it has for the actor to the new home from then
 *    on, and marks its channel to the old one as `drained`. The actor goes on there meanwhile.
 * 2. The old home that has all those marks will hear nothing more for the actor. It takes it out,
 *    hands over its state, and marks all of its channels as `left`.
 * 3. A witness that hears `left` has heard all that the actor said at its old home, and tells the new
 *    home so by the mark `quiet`.
 * 4. The new home that has the state and all those marks brings the actor in, and lets it hear what
 *    has come for it until then.
 *
 * Invariant: an actor is in one shard at a time, or on its way. What one actor says to another is
 * heard once and in order, wherever the two are.
 */
import {
  accountAt,
  addressOfMessage,
  assert,
  ChannelMark,
  Placement,
  repliesIn,
  symbolAt,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  AnnouncePins,
  AnnouncePlacement,
  ForwardReply,
  HandOver,
  Homes,
  InstrumentSymbol,
  MarkChannel,
  Message,
  MoveMessage,
  Origin,
  Pin,
  ShardCount,
  ShardId,
  TakeOver,
  Whereabouts,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { Arrival } from "./arrival.ts";
import type { SavedArrival } from "./arrival.ts";
import { Departure } from "./departure.ts";
import type { SavedDeparture } from "./departure.ts";
import { HeldMessages } from "./held-messages.ts";
import type { HeldMessage, SavedHeldMessages } from "./held-messages.ts";

/** Who has the actors of the shard. */
export interface ActorKeeper {
  /** Takes an actor out, and tells all of its state. */
  takeOut(actor: ActorAddress): Uint8Array;
  bringIn(arrival: Arrival): void;
  /** Lets an actor hear what came before it. */
  hear(held: HeldMessage): void;
}

/** A move, for as long as this shard has a part in it. */
interface Move {
  readonly actor: ActorAddress;
  readonly from: ShardId;
  readonly to: ShardId;
  readonly ticket: number;
}

type MoveContext = Pick<ActorContext, "timeUs" | "send" | "emit">;

export class Moves implements Homes {
  readonly #shard: ShardId;
  readonly #keeper: ActorKeeper;
  #placement: Placement;
  #move: Move | undefined;
  /** An actor that is to leave is here until it is taken out. */
  #stayingAccount: AccountId | undefined;
  #stayingBook: InstrumentSymbol | undefined;
  /** Shards that have marked their channel to this one: for the move under way, or the next. */
  readonly #drained = new Set<ShardId>();
  readonly #quiet = new Set<ShardId>();
  /** Whether the old home has sent the last of all that the actor said there. */
  #hasLeft = false;
  #departure: Departure | undefined;
  #arrival: Arrival | undefined;
  readonly #held = new HeldMessages();

  constructor(shard: ShardId, count: ShardCount, keeper: ActorKeeper) {
    this.#shard = shard;
    this.#keeper = keeper;
    this.#placement = new Placement(count);
  }

  // ---- Where actors live -------------------------------------------------------------------

  get placement(): Placement {
    return this.#placement;
  }

  /** The log says of how many shards it is. */
  formed(count: ShardCount): void {
    assert(this.#placement.epoch === 0, "an actor moved before the log was formed");
    this.#placement = new Placement(count);
  }

  /** There is one more shard, where nobody lives as yet. */
  grown(shards: number): void {
    assert(shards === this.#placement.shards + 1, "a shard was missed");
    assert(this.#move === undefined, "a shard was added while an actor moves");
    this.#placement = this.#placement.among(shards);
  }

  /** The actor that moves, for as long as this shard has a part in that. */
  get moving(): ActorAddress | undefined {
    return this.#move?.actor;
  }

  shardOfAccount(account: AccountId): ShardId {
    if (account === this.#stayingAccount) return this.#shard;
    return this.#placement.shardOfAccount(account);
  }

  shardOfInstrument(symbol: InstrumentSymbol): ShardId {
    if (symbol === this.#stayingBook) return this.#shard;
    return this.#placement.shardOfInstrument(symbol);
  }

  /** Whether a message is for an actor that lives here and has not arrived. */
  mustWait(message: Message): boolean {
    const { to, actor } = this.#move ?? {};
    return to === this.#shard && addressOfMessage(message) === actor;
  }

  /** Where an actor lives, or is to live, and since which move that is known. */
  whereabouts(actor: ActorAddress): Whereabouts {
    const { epoch } = this.#placement;
    return { shard: this.#placement.shardOf(actor), epoch };
  }

  /**
   * Where an actor is to be asked that is not here; here if it has not arrived, or if whoever asks
   * has heard of a move that this shard has not heard of.
   */
  elsewhere(actor: ActorAddress, heardEpoch: number): Whereabouts | undefined {
    if (heardEpoch > this.#placement.epoch) return this.whereabouts(actor);
    const account = accountAt(actor);
    const home =
      account === undefined
        ? this.shardOfInstrument(symbolAt(actor))
        : this.shardOfAccount(account);
    return home === this.#shard && !this.#isAwaited(actor) ? undefined : this.whereabouts(actor);
  }

  #isAwaited(actor: ActorAddress): boolean {
    return this.#move?.to === this.#shard && this.#move.actor === actor;
  }

  /** Keeps a message for an actor that has not arrived, or whose move is not known here yet. */
  hold(message: Message, origin: Origin): void {
    this.#held.add(message, origin);
  }

  // ---- A move ------------------------------------------------------------------------------

  receive(message: MoveMessage | AnnouncePins, context: MoveContext): void {
    switch (message.kind) {
      case "announce-pins":
        this.#hearPins(message, context);
        return;
      case "announce-placement":
        this.#begin(message, context);
        return;
      case "mark-channel":
        this.#hearMark(message, context);
        return;
      case "hand-over":
        this.#arrive(message, context);
        return;
      case "take-over":
        this.#goOn(message, context);
        return;
      case "forward-reply":
        passOn(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  /** What all others know who have been here for longer. */
  #hearPins({ epoch, pins, ticket }: AnnouncePins, context: MoveContext): void {
    const placement = this.#placement;
    this.#placement = new Placement(placement, epoch, [...placement.pins(), ...pins]);
    if (ticket !== 0) context.send({ kind: "ticket-served", ticket });
  }

  #begin({ epoch, actor, home, ticket }: AnnouncePlacement, context: MoveContext): void {
    assert(this.#move === undefined, "a move began before the last one ended");
    assert(epoch === this.#placement.epoch + 1, "a placement was missed");
    const from = this.#placement.shardOf(actor);
    this.#placement = this.#placement.moving(actor, home);
    this.#move = { actor, from, to: home, ticket };
    if (from === this.#shard) {
      this.#stay(actor);
      this.#leaveIfDrained(context);
    } else {
      this.#mark(from, ChannelMark.drained, context);
    }
  }

  #stay(actor: ActorAddress): void {
    this.#stayingAccount = accountAt(actor);
    this.#stayingBook = this.#stayingAccount === undefined ? symbolAt(actor) : undefined;
  }

  #mark(shard: ShardId, mark: ChannelMark, context: MoveContext): void {
    const { epoch } = this.#placement;
    context.send({ kind: "mark-channel", shard, from: this.#shard, epoch, mark });
  }

  #hearMark({ from, epoch, mark }: MarkChannel, context: MoveContext): void {
    // Who sent it may have heard of the move before this shard does.
    const isNext = this.#move === undefined && epoch === this.#placement.epoch + 1;
    switch (mark) {
      case ChannelMark.drained:
        assert(isNext || epoch === this.#placement.epoch, "a mark of another move");
        this.#drained.add(from);
        this.#leaveIfDrained(context);
        return;
      case ChannelMark.left:
        assert(epoch === this.#placement.epoch, "a mark of another move");
        this.#hearLeft(context);
        return;
      case ChannelMark.quiet:
        assert(epoch === this.#placement.epoch, "a mark of another move");
        this.#quiet.add(from);
        this.#endIfArrived(context);
        return;
      default:
        unreachable(mark);
    }
  }

  /** The old home, once nothing more can come for the actor. */
  #leaveIfDrained(context: MoveContext): void {
    const { actor, from, to } = this.#move ?? {};
    if (actor === undefined || to === undefined || from !== this.#shard) return;
    if (this.#drained.size < this.#placement.shards - 1) return;
    const state = this.#keeper.takeOut(actor);
    this.#drained.clear();
    this.#stayingAccount = this.#stayingBook = undefined;
    this.#departure = new Departure({ actor, from, to, timeUs: context.timeUs, state });
    this.#sendParts(context);
  }

  #goOn({ bytes }: TakeOver, context: MoveContext): void {
    this.#departure?.taken(bytes);
    this.#sendParts(context);
  }

  #sendParts(context: MoveContext): void {
    const departure = this.#departure;
    if (departure === undefined) return;
    for (let part = departure.next(); part !== undefined; part = departure.next()) {
      context.send(part);
    }
    if (!departure.isSent) return;
    for (let shard = 0; shard < this.#placement.shards; shard++) {
      if (shard !== this.#shard) this.#mark(shard, ChannelMark.left, context);
    }
    this.#departure = this.#move = undefined;
  }

  /** A witness has heard all that the actor said where it lived before. */
  #hearLeft(context: MoveContext): void {
    const { to } = this.#move ?? {};
    assert(to !== undefined, "an actor left that was not to move");
    if (to === this.#shard) {
      this.#hasLeft = true;
      this.#endIfArrived(context);
      return;
    }
    this.#move = undefined;
    this.#mark(to, ChannelMark.quiet, context);
  }

  #arrive(part: HandOver, context: MoveContext): void {
    assert(this.#isAwaited(part.actor), "an actor came that is not to live here");
    this.#arrival ??= new Arrival(part);
    this.#arrival.add(part);
    context.send({ kind: "take-over", shard: part.from, bytes: part.part.length });
  }

  /** The new home, once the actor is here and all that it said before has been heard. */
  #endIfArrived(context: MoveContext): void {
    const move = this.#move;
    assert(move?.to === this.#shard, "a mark for the new home came to another shard");
    // All but the old home and the new one.
    if (!this.#hasLeft || this.#quiet.size < this.#placement.shards - 2) return;
    const arrival = this.#arrival;
    assert(arrival !== undefined, "an actor left and did not arrive");
    this.#hasLeft = false;
    this.#quiet.clear();
    this.#arrival = undefined;
    this.#keeper.bringIn(arrival);
    // What comes for the actor meanwhile, from here, waits behind what came before.
    for (let held = this.#held.take(); held !== undefined; held = this.#held.take()) {
      assert(addressOfMessage(held.message) === move.actor, "a message was held for nobody");
      this.#keeper.hear(held);
    }
    this.#move = undefined;
    context.send({ kind: "ticket-served", ticket: move.ticket });
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** Undefined while nothing has ever moved. */
  snapshot(): SavedMoves | undefined {
    const { epoch } = this.#placement;
    const move = this.#move;
    const isStaying = this.#stayingAccount !== undefined || this.#stayingBook !== undefined;
    if (epoch === 0 && this.#drained.size === 0 && this.#held.count === 0) return undefined;
    return [
      epoch,
      this.#placement.pins(),
      move === undefined ? null : [move.actor, move.from, move.to, move.ticket],
      isStaying,
      [...this.#drained].sort((a, b) => a - b),
      [...this.#quiet].sort((a, b) => a - b),
      this.#hasLeft,
      this.#departure?.snapshot() ?? null,
      this.#arrival?.snapshot() ?? null,
      this.#held.snapshot(),
    ];
  }

  restore(saved: SavedMoves): void {
    assert(this.#placement.epoch === 0);
    const [epoch, pins, move, isStaying, drained, quiet, hasLeft, ...actors] = saved;
    const [departure, arrival, held] = actors;
    this.#placement = new Placement(this.#placement, epoch, pins);
    if (move !== null) {
      const [actor, from, to, ticket] = move;
      this.#move = { actor, from, to, ticket };
      if (isStaying) this.#stay(actor);
    }
    for (const shard of drained) this.#drained.add(shard);
    for (const shard of quiet) this.#quiet.add(shard);
    this.#hasLeft = hasLeft;
    if (departure !== null) this.#departure = Departure.restore(departure);
    if (arrival !== null) this.#arrival = Arrival.restore(arrival);
    this.#held.restore(held);
  }
}

/** An actor answers what it was asked where it lived before: here. */
function passOn({ records }: ForwardReply, context: MoveContext): void {
  for (const reply of repliesIn(records)) context.emit(reply);
}

type SavedMove = readonly [actor: ActorAddress, from: ShardId, to: ShardId, ticket: number];

export type SavedMoves = readonly [
  epoch: number,
  pins: readonly Pin[],
  move: SavedMove | null,
  isStaying: boolean,
  drained: readonly ShardId[],
  quiet: readonly ShardId[],
  hasLeft: boolean,
  departure: SavedDeparture | null,
  arrival: SavedArrival | null,
  held: SavedHeldMessages,
];
