/**
 * A whole venue in memory: shards driven by hand, the frames between them waiting until a test
 * delivers them, in any order between pairs and as often as it likes.
 *
 * Keeps every shard's log and everything that was told, so that a test can replay the one and
 * compare the other.
 */
import {
  encodeFrame,
  readEvent,
  RecordReader,
  repliesIn,
  shardOfMessage,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  Command,
  CommandReplied,
  FrameHeader,
  InstrumentTerms,
  Message,
  OrderReplied,
  Origin,
  ParticipantId,
  ProducerId,
  ShardEvent,
  ShardId,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { OutboundFrame, ShardEntry, Step } from "../shard/step.ts";

export type Reply = OrderReplied | CommandReplied;

/** A command and where it entered a log. A producer numbers its frames for each shard apart. */
export interface SentCommand {
  readonly shard: ShardId;
  readonly origin: Origin;
  readonly command: Message;
}

/** Frames from one shard to another, those already delivered included. */
interface Channel {
  readonly from: ShardId;
  readonly to: ShardId;
  readonly frames: Uint8Array[];
  delivered: number;
}

export class TestVenue {
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

  constructor(shardCount = 1) {
    this.shards = Array.from({ length: shardCount }, (_, shard) => new Shard(shard, shardCount));
    this.logs = this.shards.map(() => []);
    this.steps = this.shards.map(() => []);
    for (const { shard } of this.shards) {
      const command = { kind: "form-shard", cluster: "test", shard, shards: shardCount } as const;
      this.append(shard, "node-e1", [command]);
    }
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
    return this.apply(shard, producer, encodeFrame({ ...header, messages }));
  }

  /** As {@link append}, but after the frame's deadline: nothing comes of the messages. */
  appendLate(shard: ShardId, producer: ProducerId, messages: readonly Message[]): Step {
    const header = { ...this.#nextFrame(shard, producer), expiresAtUs: this.timeUs - 1 };
    return this.apply(shard, producer, encodeFrame({ ...header, messages }));
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
    // By time and not by place: what is drawn is then the same wherever the actors live.
    const entropy = Math.imul(Math.floor(this.timeUs / 1000), 0x9e3779b1) >>> 0;
    const entry = { sequence, timeUs: this.timeUs, entropy, producer, payload };
    log.push(entry);
    const step = this.shards[shard]!.apply(entry);
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

  /** Sends one command to the shard of its actor, as a gateway does. */
  send(command: Command, producer: ProducerId = "gw"): SentCommand {
    const shard = shardOfMessage(command, this.shards.length) ?? 0;
    this.append(shard, producer, [command]);
    const sent = this.commands.at(-1);
    if (sent === undefined) throw new Error("this command is not counted");
    return sent;
  }

  /** Sends commands together: those for one shard in one frame. */
  sendAll(commands: readonly Command[], producer: ProducerId = "gw"): void {
    const batches = Map.groupBy(commands, (command) => {
      return shardOfMessage(command, this.shards.length) ?? 0;
    });
    for (const [shard, batch] of batches) this.append(shard, producer, batch);
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

function keyOf({ shard, origin }: Pick<SentCommand, "shard" | "origin">): string {
  return [shard, origin.producer, origin.epoch, origin.frame, origin.index].join("/");
}
