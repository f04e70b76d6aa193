/**
 * Frame producer: puts one producer's commands into one shard's log, each once and in order.
 *
 * A frame is appended at once while little is under way; commands that come meanwhile gather in the
 * open frame (natural batching): one command a frame when idle, thousands when busy. How frames get
 * into the log in spite of losses is the append queue's business; whose command is in which frame,
 * and what became of it, is known here.
 *
 * It never says that a command failed because it heard nothing: that outcome is "unknown".
 */
import { assert, FrameBuilder } from "../protocols/index.ts";
import type {
  Command,
  FrameAnswer,
  ProducerId,
  ReplyMessage,
  ShardId,
} from "../protocols/index.ts";
import { AppendQueue } from "./append-queue.ts";
import type { Outcome, Reply } from "./client.ts";
import type { Clock, Timer } from "./clock.ts";
import type { ClusterFault } from "./faults.ts";
import { ProducerReplaced } from "./replica-faults.ts";
import type { ReplicatedLog } from "./replicated-log.ts";

export interface FrameProducerOptions {
  readonly producer: ProducerId;
  /** Must rise with each start of the producer: milliseconds since the epoch will do. */
  readonly epoch: number;
  readonly shard: ShardId;
  readonly log: ReplicatedLog;
  readonly clock: Clock;
  /** Frames being appended at a time; above it commands gather. */
  readonly appendsMax?: number;
  /** Commands without an outcome, or not judged yet; above it they are refused as busy. */
  readonly commandsMax?: number;
  /** After so long without a judgement, a stored frame is appended again. */
  readonly judgementMs?: number;
  readonly report?: (fault: ClusterFault) => void;
}

/** One submitted list of commands and what became of each so far. */
interface Submission {
  readonly commands: PendingCommand[];
  readonly outcomes: (Outcome | undefined)[];
  left: number;
  readonly settle: (outcomes: readonly Outcome[]) => void;
  timer: Timer | undefined;
}

/** A command on its way: where its outcome goes, and which frame it is in. */
interface PendingCommand {
  readonly submission: Submission;
  readonly index: number;
  readonly frame: PendingFrame;
}

/** A frame not judged yet, or with commands that have no outcome yet. */
interface PendingFrame {
  readonly frame: number;
  /** By their index in the frame. */
  readonly commands: PendingCommand[];
  withoutOutcome: number;
  isJudged: boolean;
}

export class FrameProducer {
  readonly #options: FrameProducerOptions;
  readonly #commandsMax: number;
  readonly #queue: AppendQueue;
  readonly #builder = new FrameBuilder();
  readonly #frames = new Map<number, PendingFrame>();
  #open: PendingFrame = pendingFrame(1);
  /** Frames up to this one have been judged. */
  #judged = 0;
  #withoutOutcome = 0;
  /** Commands that count against the limit: those without an outcome, and those not judged. */
  #places = 0;
  #isClosed = false;

  constructor(options: FrameProducerOptions) {
    this.#options = options;
    this.#commandsMax = options.commandsMax ?? 100_000;
    const { log, producer, clock, report } = options;
    this.#queue = new AppendQueue({
      log,
      producer,
      clock,
      appendsMax: options.appendsMax ?? 4,
      judgementMs: options.judgementMs ?? 2000,
      onRoom: () => {
        if (this.#builder.count > 0) this.#closeFrame();
      },
      ...(report && { onFault: report }),
    });
    this.#queue.open();
  }

  /** Commands without an outcome yet. */
  get commandsUnderWay(): number {
    return this.#withoutOutcome;
  }

  /** Resolves when every command has its outcome, in the order given. */
  submit(commands: readonly Command[], timeoutMs: number): Promise<readonly Outcome[]> {
    if (commands.length === 0) return Promise.resolve([]);
    if (this.#isClosed || this.#places + commands.length > this.#commandsMax) {
      return Promise.resolve(commands.map(() => ({ kind: "busy" })));
    }
    return new Promise((settle) => {
      const outcomes = commands.map(() => undefined);
      const left = commands.length;
      const submission: Submission = { commands: [], outcomes, left, settle, timer: undefined };
      submission.timer = this.#options.clock.after(timeoutMs, () => {
        this.#giveUp(submission);
      });
      this.#places += commands.length;
      this.#withoutOutcome += commands.length;
      for (const command of commands) this.#add(command, submission);
      if (this.#queue.hasRoom) this.#closeFrame();
    });
  }

  /** Takes what the shard says to this producer. */
  receive(message: ReplyMessage): void {
    if (this.#isClosed) return;
    for (const reply of message.replies) this.#answer(reply);
    if (message.frame !== undefined) this.#judge(message.frame, message.sequence);
  }

  /** Gives up on everything under way: those outcomes are unknown. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.close();
    for (const { commands } of [...this.#frames.values(), this.#open]) {
      for (const { submission } of commands) this.#giveUp(submission);
    }
    this.#frames.clear();
    assert(this.#withoutOutcome === 0);
  }

  // ---- Sending -----------------------------------------------------------------------------

  #add(command: Command, submission: Submission): void {
    if (this.#builder.isFull) this.#closeFrame();
    const at = this.#builder.add(command);
    const pending = { submission, index: submission.commands.length, frame: this.#open };
    assert(at === this.#open.commands.length);
    submission.commands.push(pending);
    this.#open.commands.push(pending);
    this.#open.withoutOutcome += 1;
  }

  #closeFrame(): void {
    const pending = this.#open;
    const { producer, epoch } = this.#options;
    const bytes = this.#builder.finish({ producer, epoch, frame: pending.frame });
    this.#frames.set(pending.frame, pending);
    this.#open = pendingFrame(pending.frame + 1);
    this.#queue.push(pending.frame, bytes);
  }

  // ---- Judgements and answers --------------------------------------------------------------

  #judge({ epoch, verdict, expectedFrame }: FrameAnswer, sequence: number): void {
    if (epoch !== this.#options.epoch) return;
    assert(verdict !== "malformed", "the shard cannot read our frames");
    if (verdict === "stale-epoch") {
      const { producer, shard, report } = this.#options;
      this.close();
      report?.(new ProducerReplaced(producer, shard, epoch));
      return;
    }
    // Whatever was said of this frame, all before the expected one have been applied.
    for (; this.#judged + 1 < expectedFrame; this.#judged++) {
      const frame = this.#frames.get(this.#judged + 1);
      if (frame === undefined) break;
      frame.isJudged = true;
      this.#places -= frame.commands.length - frame.withoutOutcome;
      this.#forgetIfDone(frame);
    }
    this.#queue.heard(expectedFrame, sequence);
  }

  #answer(reply: Reply): void {
    const { epoch, frame, index } = reply.origin;
    if (epoch !== this.#options.epoch) return;
    const pending = this.#frames.get(frame)?.commands[index];
    if (pending !== undefined) this.#settle(pending, { kind: "replied", reply });
  }

  /** The first outcome of a command is the one that counts. */
  #settle({ submission, index, frame }: PendingCommand, outcome: Outcome): void {
    if (submission.outcomes[index] !== undefined) return;
    submission.outcomes[index] = outcome;
    submission.left -= 1;
    this.#withoutOutcome -= 1;
    frame.withoutOutcome -= 1;
    if (frame.isJudged) this.#places -= 1;
    this.#forgetIfDone(frame);
    if (submission.left > 0) return;
    submission.timer?.cancel();
    submission.settle(submission.outcomes as Outcome[]);
  }

  #giveUp(submission: Submission): void {
    for (const pending of submission.commands) this.#settle(pending, { kind: "unknown" });
  }

  #forgetIfDone(frame: PendingFrame): void {
    if (frame.isJudged && frame.withoutOutcome === 0) this.#frames.delete(frame.frame);
  }
}

function pendingFrame(frame: number): PendingFrame {
  return { frame, commands: [], withoutOutcome: 0, isJudged: false };
}
