/**
 * What became of commands after they were sent, put together from what later frames of their
 * gateways tell: when the log had taken them, and when they were answered.
 */
import type { ShardId, TimeUs } from "../../protocols/index.ts";
import { commandIn, frameNameOf } from "./act.ts";
import type {
  Act,
  AnsweredCommands,
  CommandDeed,
  FrameName,
  FrameNews,
  Receipt,
  RecordedStep,
} from "./act.ts";

/** A command that a gateway has noted something of. */
export interface NotedCommand {
  readonly act: Act;
  readonly deed: CommandDeed;
  readonly receipt: Receipt;
}

/** Something that became of one, by its gateway's clock. */
export interface CommandFate {
  readonly command: NotedCommand;
  readonly atUs: TimeUs;
  /** undefined where the log had taken it. */
  readonly answer: AnsweredCommands["answer"] | undefined;
}

interface AwaitedFrame {
  readonly shard: ShardId;
  readonly sequence: number;
  readonly timeUs: TimeUs;
  readonly commands: NotedCommand[];
  /** By their places in the frame: a command may be heard in parts. */
  readonly unanswered: Map<number, NotedCommand[]>;
  isStored: boolean;
}

/** Of log time: a gateway that lives tells sooner. */
const toldWithinUs = 60_000_000;

/** The command whose act it is, if it is one and its gateway notes anything. */
export function notedCommandIn(act: Act): NotedCommand | undefined {
  const deed = commandIn(act.deed);
  const receipt = deed?.receipt;
  return deed === undefined || receipt === undefined ? undefined : { act, deed, receipt };
}

export class CommandFates {
  readonly #frames = new Map<FrameName, AwaitedFrame>();

  /** From now on what becomes of it is told. */
  await(command: NotedCommand): void {
    const { act, deed } = command;
    const { shard, sequence } = act.place;
    const name = frameNameOf(shard, deed.origin);
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      const nothing = { commands: [], unanswered: new Map(), isStored: false };
      frame = { shard, sequence, timeUs: act.timeUs, ...nothing };
      this.#frames.set(name, frame);
    }
    frame.commands.push(command);
    const { index } = deed.origin;
    const others = frame.unanswered.get(index);
    if (others === undefined) frame.unanswered.set(index, [command]);
    else others.push(command);
  }

  /**
   * What an entry means for commands of earlier ones that are waited for; nothing where it was told
   * before. What is told of a command too late is told nobody.
   */
  hear({ entry, news }: Pick<RecordedStep, "entry" | "news">): readonly CommandFate[] {
    this.#forget(entry);
    return news.flatMap((each) => this.#hear(each));
  }

  #hear({ frame: name, atUs, answered }: FrameNews): readonly CommandFate[] {
    const frame = this.#frames.get(name);
    if (frame === undefined) return [];
    const commands = answered === undefined ? takeStored(frame) : takeAnswered(frame, answered);
    if (frame.isStored && frame.unanswered.size === 0) this.#frames.delete(name);
    return commands.map((command) => ({ command, atUs, answer: answered?.answer }));
  }

  #forget({ shard, timeUs }: RecordedStep["entry"]): void {
    for (const [name, frame] of this.#frames) {
      if (frame.shard !== shard) continue;
      if (frame.timeUs >= timeUs - toldWithinUs) break;
      this.#frames.delete(name);
    }
  }

  /** The entries of commands that are waited for. */
  *awaited(): Iterable<AwaitedFrame> {
    yield* this.#frames.values();
  }
}

function takeStored(frame: AwaitedFrame): readonly NotedCommand[] {
  if (frame.isStored) return [];
  frame.isStored = true;
  return frame.commands;
}

function takeAnswered(
  { unanswered }: AwaitedFrame,
  { index, count }: AnsweredCommands,
): readonly NotedCommand[] {
  const theirs: NotedCommand[] = [];
  for (let at = index; at < index + count && unanswered.size > 0; at++) {
    theirs.push(...(unanswered.get(at) ?? []));
    unanswered.delete(at);
  }
  return theirs;
}
