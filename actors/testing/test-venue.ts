/**
 * A whole venue in memory: shards driven by hand, the frames between them waiting until a test
 * delivers them, in any order between pairs and as often as it likes.
 *
 * Keeps every shard's log and everything that was told, so that a test can replay the one and
 * compare the other.
 */
import {
  addressOfMessage,
  encodeFrame,
  neverExpires,
  Placement,
  readEvent,
  RecordReader,
  repliesIn,
  RejectReason,
  shardOfMessage,
  whereaboutsIn,
} from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  Amount,
  AssetId,
  Command,
  Frame,
  FrameHeader,
  InstrumentTerms,
  LogicVersion,
  Message,
  ParticipantId,
  ProducerId,
  ShardEvent,
  ShardId,
  TimeUs,
} from "../../protocols/index.ts";
import { newestLogic } from "../logic-versions.ts";
import { Shard } from "../shard/shard.ts";
import type { OutboundFrame, ShardEntry, Step } from "../shard/step.ts";
import type { ObservedVenue, Reply, SentCommand } from "./observed-venue.ts";

/** Frames from one shard to another, those already delivered included. */
interface Channel {
  readonly from: ShardId;
  readonly to: ShardId;
  readonly frames: Uint8Array[];
  delivered: number;
}

/** Where each entry's entropy comes from. */
export interface Chance {
  before(shard: ShardId, timeUs: TimeUs): number;
  /** The entry was applied. */
  after(shard: ShardId, entry: ShardEntry): void;
}

export interface TestVenueOptions {
  readonly chance?: Chance;
  /** The newest that there is unless told otherwise. */
  readonly logic?: LogicVersion;
  /** What is noted on the frames of gateways; nothing unless told. */
  readonly notesOn?: NotesOn;
}

/** What a gateway notes on a frame to a shard, at that time. */
export type NotesOn = (frame: Frame, shard: ShardId, timeUs: TimeUs) => Uint8Array;

/** By time and not by place: what is drawn is then the same wherever the actors live. */
const chanceByTime: Chance = {
  before: (_, timeUs) => Math.imul(Math.floor(timeUs / 1000), 0x9e3779b1) >>> 0,
  after: () => undefined,
};

export class TestVenue implements ObservedVenue {
  readonly shards: Shard[];
  /** The log of each shard. */
  readonly logs: ShardEntry[][];
  /** What each shard's steps gave. */
  readonly steps: Step[][];
  /** Everything told by all shards, in the order of applying. */
  readonly events: ShardEvent[] = [];
  readonly replies = new Map<string, Reply[]>();
  readonly commands: SentCommand[] = [];
  timeUs = 1_700_000_000_000_000;
  readonly #channels = new Map<string, Channel>();
  readonly #framesOf = new Map<string, number>();
  readonly #chance: Chance;
  readonly #notesOn: NotesOn | undefined;
  /** Where actors live that do not where they are sought first. */
  readonly #homes = new Map<ActorAddress, ShardId>();
  readonly #initial: Placement;

  constructor(shardCount = 1, options: TestVenueOptions = {}) {
    const { chance = chanceByTime, logic = newestLogic } = options;
    this.#chance = chance;
    this.#notesOn = options.notesOn;
    this.#initial = Placement.founding(shardCount);
    this.shards = Array.from({ length: shardCount }, (_, shard) => new Shard(shard, shardCount));
    this.logs = this.shards.map(() => []);
    this.steps = this.shards.map(() => []);
    for (const { shard } of this.shards) {
      const form = { kind: "form-shard", cluster: "test", shard, shards: shardCount } as const;
      // Logs from before logic had versions name none.
      this.append(shard, "node-e1", [logic === 1 ? form : { ...form, logic }]);
    }
  }

  /** Forms the log of one more shard, which nobody knows of before a command adds it. */
  formShard(): void {
    const [shard, { shards: founded }] = [this.shards.length, this.#initial];
    const shards = shard + 1;
    this.shards.push(new Shard(shard, shards));
    this.logs.push([]);
    this.steps.push([]);
    const form = { kind: "form-shard", cluster: "test", shard, shards } as const;
    this.append(shard, "node-e1", [{ ...form, logic: newestLogic, founded }]);
  }

  /** The first shard: the only one, or the governor's. */
  get first(): Shard {
    return this.shards[0]!;
  }

  // ---- Commands ----------------------------------------------------------------------------

  /** Puts messages as one frame into a shard's log and applies it. */
  append(shard: ShardId, producer: ProducerId, messages: readonly Message[]): Step {
    const header = this.#nextFrame(shard, producer);
    messages.forEach((command, index) => {
      if (command.kind !== "tick" && command.kind !== "form-shard") {
        this.commands.push({ shard, origin: { ...header, index }, command });
      }
    });
    return this.#applyFrame(shard, { ...header, expiresAtUs: neverExpires, messages });
  }

  /** As {@link append}, but after the frame's deadline: nothing comes of the messages. */
  appendLate(shard: ShardId, producer: ProducerId, messages: readonly Message[]): Step {
    const header = { ...this.#nextFrame(shard, producer), expiresAtUs: this.timeUs - 1 };
    return this.#applyFrame(shard, { ...header, messages });
  }

  #applyFrame(shard: ShardId, frame: Frame): Step {
    const notes = this.#notesOn?.(frame, shard, this.timeUs);
    const noted = notes === undefined ? frame : { ...frame, notes };
    return this.apply(shard, frame.producer, encodeFrame(noted));
  }

  #nextFrame(shard: ShardId, producer: ProducerId): FrameHeader {
    const key = `${producer}/${String(shard)}`;
    const frame = (this.#framesOf.get(key) ?? 0) + 1;
    this.#framesOf.set(key, frame);
    return { producer, epoch: 1, frame };
  }

  apply(shard: ShardId, producer: ProducerId, payload: Uint8Array): Step {
    const log = this.logs[shard]!;
    const sequence = log.length + 1;
    const entropy = this.#chance.before(shard, this.timeUs);
    const entry = { sequence, timeUs: this.timeUs, entropy, producer, payload };
    log.push(entry);
    const step = this.shards[shard]!.apply(entry);
    this.#chance.after(shard, entry);
    this.steps[shard]!.push(step);
    for (const event of eventsOf(step)) {
      this.events.push(event);
      if (event.kind === "order-replied" || event.kind === "command-replied") {
        const key = keyOf({ shard, origin: event.origin });
        this.replies.set(key, [...(this.replies.get(key) ?? []), event]);
      }
    }
    for (const outbound of step.outbound)
      this.#channel(shard, outbound).frames.push(outbound.bytes);
    return step;
  }

  /** The shard that a gateway sends a command to, which may have heard of some moves. */
  homeOf(command: Command): ShardId {
    const actor = addressOfMessage(command);
    const known = actor === undefined ? undefined : this.#homes.get(actor);
    return known ?? shardOfMessage(command, this.#initial) ?? 0;
  }

  /** Sends one command to the shard of its actor, as a gateway does. */
  send(command: Command, producer: ProducerId = "gw"): SentCommand {
    this.#sendTo(this.homeOf(command), producer, [command]);
    const sent = this.commands.at(-1);
    if (sent === undefined) throw new Error("this command is not counted");
    return sent;
  }

  /** Sends commands together: those for one shard in one frame. */
  sendAll(commands: readonly Command[], producer: ProducerId = "gw"): void {
    const batches = Map.groupBy(commands, (command) => this.homeOf(command));
    for (const [shard, batch] of batches) this.#sendTo(shard, producer, batch);
  }

  /** What is refused because its actor lives elsewhere is sent there, and counts once. */
  #sendTo(shard: ShardId, producer: ProducerId, batch: readonly Command[]): void {
    const countBefore = this.commands.length;
    const step = this.append(shard, producer, batch);
    const sent = this.commands.splice(countBefore);
    const elsewhere = eventsOf(step).flatMap((event) => {
      const isElsewhere =
        event.kind === "command-replied" &&
        event.rejectReason === RejectReason["actor-elsewhere"] &&
        event.origin.producer === producer;
      return isElsewhere ? [event] : [];
    });
    const refused = new Map(elsewhere.map(({ origin, detail }) => [origin.index, detail]));
    this.commands.push(...sent.filter(({ origin }) => !refused.has(origin.index)));
    for (const { command, origin } of sent) {
      const detail = refused.get(origin.index);
      const actor = addressOfMessage(command);
      if (detail === undefined || actor === undefined) continue;
      const { shard: home } = whereaboutsIn(detail);
      this.#homes.set(actor, home);
      this.#sendTo(home, producer, [command as Command]);
    }
  }

  /** What a command was answered so far. */
  repliesTo(sent: SentCommand): readonly Reply[] {
    return this.replies.get(keyOf(sent)) ?? [];
  }

  /** Sends one command and delivers everything. Returns its reply. */
  ask(command: Command, producer?: ProducerId): Reply {
    const sent = this.send(command, producer);
    this.drain();
    const [reply, ...more] = this.repliesTo(sent);
    if (reply === undefined || more.length > 0) {
      throw new Error(`${String(more.length + (reply ? 1 : 0))} replies to ${command.kind}`);
    }
    return reply;
  }

  /** Asks, and fails unless the command was done. */
  do(command: Command): Reply {
    const reply = this.ask(command);
    if (reply.rejectReason !== 0) {
      throw new Error(`${command.kind} was rejected: ${String(reply.rejectReason)}`);
    }
    return reply;
  }

  // ---- Between the shards ------------------------------------------------------------------

  /** Pairs of shards that have frames under way. */
  get underWay(): readonly Channel[] {
    return [...this.#channels.values()].filter(
      ({ frames, delivered }) => delivered < frames.length,
    );
  }

  deliver(channel: Channel): Step {
    const frame = channel.frames[channel.delivered];
    if (frame === undefined) throw new Error("nothing to deliver");
    channel.delivered += 1;
    return this.apply(channel.to, `shard-${String(channel.from)}`, frame);
  }

  /** Delivers once more what a shard has had; undefined when it has had nothing. */
  deliverAgain(pick: (count: number) => number): Step | undefined {
    const channels = [...this.#channels.values()].filter(({ delivered }) => delivered > 0);
    const channel = channels[pick(channels.length)];
    if (channel === undefined) return undefined;
    const frame = channel.frames[pick(channel.delivered)]!;
    return this.apply(channel.to, `shard-${String(channel.from)}`, frame);
  }

  /** Delivers until nothing is under way. */
  drain(): void {
    for (let [next] = this.underWay; next !== undefined; [next] = this.underWay) this.deliver(next);
  }

  #channel(from: ShardId, { shard: to }: OutboundFrame): Channel {
    const key = `${String(from)}>${String(to)}`;
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      channel = { from, to, frames: [], delivered: 0 };
      this.#channels.set(key, channel);
    }
    return channel;
  }

  // ---- Setting the stage -------------------------------------------------------------------

  /** Lists instruments, and adds those of their assets that there are not yet. */
  list(...instruments: readonly InstrumentTerms[]): this {
    const assets = new Set(instruments.flatMap(({ base, quote }) => [base, quote]));
    for (const { asset } of this.first.answer("assets", {})) assets.delete(asset);
    for (const asset of assets) this.do({ kind: "add-asset", asset, decimals: 0 });
    for (const terms of instruments) this.do({ kind: "list-instrument", terms });
    return this;
  }

  /** Opens an account and gives it funds. */
  open(
    account: AccountId,
    funds: Readonly<Record<AssetId, Amount>> = {},
    participant: ParticipantId = "",
  ): this {
    this.do({ kind: "open-account", account, participant });
    for (const [asset, amount] of Object.entries(funds)) this.fund(account, asset, amount);
    return this;
  }

  fund(account: AccountId, asset: AssetId, amount: Amount): void {
    const reference = `${account}-${asset}-${String(this.commands.length)}`;
    this.do({ kind: "deposit", account, asset, amount, reference });
  }
}

/** What a step told: everybody, then those who had asked. */
export function eventsOf(step: Step): ShardEvent[] {
  const reader = RecordReader.of(step.events);
  const events: ShardEvent[] = [];
  while (reader.hasMore) events.push(readEvent(reader));
  for (const { records } of step.replies) events.push(...repliesIn(records));
  return events;
}

/** Names a command by where it entered a log. */
export function keyOf({ shard, origin }: Pick<SentCommand, "shard" | "origin">): string {
  return [shard, origin.producer, origin.epoch, origin.frame, origin.index].join("/");
}
