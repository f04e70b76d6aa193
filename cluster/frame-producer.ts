/**
 * Frame producer: puts one producer's commands into one shard's log, each once and in order.
 *
 * A frame is appended at once while little is under way; commands that come meanwhile gather in the
 * open frame (natural batching): one command a frame when idle, thousands when busy. How frames get
 * into the log in spite of losses is the append queue's business; whose command is in which frame,
 * and what became of it, is known here.
 *
 * Frames of commands expire, so that none takes effect long after its client has had it done in
 * another way. Deadlines are in the log's time; an opening frame, empty and without a deadline, is
 * there to learn it, and commands wait for its judgement.
 *
 * It may note on its frames when their commands came and were answered, for those who follow them.
 *
 * It never says that a command failed because it heard nothing: that outcome is "unknown".
 */
import { assert, FrameBuilder, neverExpires, NotedAnswer } from "../protocols/index.ts";
import type {
  Command,
  FrameAnswer,
  ProducerId,
  ReplyMessage,
  ShardId,
  TimeUs,
} from "../protocols/index.ts";
import { AppendQueue } from "./append-queue.ts";
import type { Outcome, Reply } from "./client.ts";
import type { Clock, Timer } from "./clock.ts";
import type { ClusterFault } from "./faults.ts";
import { FrameNotebook } from "./frame-notebook.ts";
import type { Arrival } from "./frame-notebook.ts";
import { LogTime } from "./log-time.ts";
import type { FrameObserver } from "./observers.ts";
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
  /**
   * While a frame waits for its judgement for longer than this, commands are refused as busy: the
   * log stands, or takes less than it is given, and whoever joined the queue would wait as long.
   * What is under way already goes on. Never unless told otherwise.
   */
  readonly frameAgeMaxMs?: number;
  /** After so long without a judgement, a stored frame is appended again. */
  readonly judgementMs?: number;
  /**
   * How long after its first command came a frame may still be applied. `Infinity` is for commands
   * that do no harm however late they come: then nothing expires, and there is no opening frame.
   */
  readonly frameLifetimeMs?: number;
  /** Has it note on its frames when what happened; nothing is noted unless told. */
  readonly notes?: NoteTaking;
  readonly report?: (fault: ClusterFault) => void;
  readonly observer?: FrameObserver;
}

export interface NoteTaking {
  /** The time that people go by: microseconds since the Unix epoch. */
  readonly wallUs: () => TimeUs;
  /** What could go with no other frame for so long goes with one of its own. */
  readonly idleMs: number;
}

/** How something came that is submitted. */
export interface SubmissionOrigin {
  /** Earlier than now, where it was kept somewhere else: it expires as early. */
  readonly cameAtMs?: number;
  /** The trace that whoever sent it is in, as W3C Trace Context has it. */
  readonly traceparent?: string | undefined;
}

/**
 * How long a frame may be on its way unless told otherwise. An account knows a closed order's client
 * order id for 60 s of log time (actors/account). A client asks again for at most 30 s
 * (clients/sdk), so whatever it sent is applied within 40 s of its first attempt or never. What is
 * left of the 60 s is for nats-servers whose clocks differ.
 */
export const frameLifetimeMs = 10_000;

/** One submitted list of commands and what became of each so far. */
interface Submission extends Arrival {
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
  /** Its place in the frame. */
  readonly at: number;
}

/** A frame not judged yet, or with commands that have no outcome yet. */
interface PendingFrame {
  readonly frame: number;
  /** By their index in the frame. */
  readonly commands: PendingCommand[];
  /** When the oldest of them came. */
  openedAtMs: number;
  withoutOutcome: number;
  isJudged: boolean;
}

/** A frame that is full and has no deadline yet. */
interface KeptFrame {
  readonly pending: PendingFrame;
  readonly builder: FrameBuilder;
}

/** `opening`: the opening frame has not been judged, and no other is sent. */
type ProducerPhase = "opening" | "open" | "closed";

export class FrameProducer {
  readonly #options: FrameProducerOptions;
  readonly #commandsMax: number;
  readonly #queue: AppendQueue;
  readonly #frameLifetimeMs: number;
  readonly #logTime = new LogTime();
  readonly #notebook: FrameNotebook | undefined;
  #noteTimer: Timer | undefined;
  #phase: ProducerPhase = "open";
  readonly #frames = new Map<number, PendingFrame>();
  #open: PendingFrame = pendingFrame(1);
  #builder = new FrameBuilder();
  /** Frames before the open one that wait for the opening to end, oldest first. */
  #kept: KeptFrame[] = [];
  /** Frames up to this one have been judged. */
  #judged = 0;
  #withoutOutcome = 0;
  /** Commands that count against the limit: those without an outcome, and those not judged. */
  #places = 0;

  constructor(options: FrameProducerOptions) {
    this.#options = options;
    this.#commandsMax = options.commandsMax ?? 100_000;
    this.#frameLifetimeMs = options.frameLifetimeMs ?? frameLifetimeMs;
    const { log, producer, clock, report, notes, observer } = options;
    this.#notebook = notes && new FrameNotebook({ clock, wallUs: notes.wallUs });
    this.#queue = new AppendQueue({
      log,
      producer,
      clock,
      observer,
      appendsMax: options.appendsMax ?? 4,
      judgementMs: options.judgementMs ?? 2000,
      onRoom: () => this.#sendGathered(),
      ...(report && { onFault: report }),
    });
    this.#queue.open();
    if (Number.isFinite(this.#frameLifetimeMs)) this.#sendOpening();
  }

  /** Commands without an outcome yet. */
  get commandsUnderWay(): number {
    return this.#withoutOutcome;
  }

  /** Frames not counted by the shard yet. */
  get framesUnderWay(): number {
    return this.#queue.length;
  }

  /** Whether what was sent first, or waits to be sent, has waited for too long. */
  get #isStalled(): boolean {
    const { frameAgeMaxMs = Infinity, clock } = this.#options;
    const oldest = this.#frames.get(this.#judged + 1) ?? this.#open;
    const isWaiting = oldest !== this.#open || this.#builder.count > 0;
    return isWaiting && clock.nowMs() - oldest.openedAtMs > frameAgeMaxMs;
  }

  /** Resolves when every command has its outcome, in the order given. */
  submit(
    commands: readonly Command[],
    timeoutMs: number,
    { cameAtMs = this.#options.clock.nowMs(), traceparent = "" }: SubmissionOrigin = {},
  ): Promise<readonly Outcome[]> {
    if (commands.length === 0) return Promise.resolve([]);
    const isFull = this.#places + commands.length > this.#commandsMax;
    if (this.#phase === "closed" || isFull || this.#isStalled) {
      return Promise.resolve(commands.map(() => ({ kind: "busy" })));
    }
    return new Promise((settle) => {
      const outcomes = commands.map(() => undefined);
      const left = commands.length;
      const submission: Submission = {
        ...{ commands: [], outcomes, left, settle, timer: undefined },
        ...{ cameAtMs, traceparent },
      };
      submission.timer = this.#options.clock.after(timeoutMs, () => {
        this.#giveUp(submission);
      });
      this.#places += commands.length;
      this.#withoutOutcome += commands.length;
      for (const command of commands) this.#add(command, submission);
      this.#sendGathered();
    });
  }

  /** Takes what the shard says to this producer. */
  receive(message: ReplyMessage): void {
    if (this.#phase === "closed") return;
    const { sequence, timeUs, frame } = message;
    this.#logTime.heard(sequence, timeUs, this.#options.clock.nowMs());
    for (const reply of message.replies) this.#answer(reply);
    if (frame !== undefined) this.#judge(frame, sequence);
  }

  /** Gives up on everything under way: those outcomes are unknown. */
  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#queue.close();
    this.#noteTimer?.cancel();
    for (const { commands } of [...this.#frames.values(), this.#open]) {
      for (const { submission } of commands) this.#giveUp(submission);
    }
    this.#frames.clear();
    this.#kept = [];
    assert(this.#withoutOutcome === 0);
  }

  // ---- Sending -----------------------------------------------------------------------------

  /** Makes earlier starts of the producer stale at once, and its judgement tells the log's time. */
  #sendOpening(): void {
    this.#phase = "opening";
    this.#sendNothing();
  }

  /** A frame without commands, for what it is by itself. */
  #sendNothing(): void {
    this.#open.openedAtMs = this.#options.clock.nowMs();
    this.#send(this.#nextFrame(), this.#builder, neverExpires);
  }

  #endOpening(): void {
    assert(this.#phase === "opening");
    this.#phase = "open";
    for (const { pending, builder } of this.#kept) this.#send(pending, builder);
    this.#kept = [];
    this.#sendGathered();
  }

  #add(command: Command, submission: Submission): void {
    if (this.#builder.isFull) this.#closeFrame();
    const isFirst = this.#builder.count === 0;
    const { cameAtMs } = submission;
    this.#open.openedAtMs = isFirst ? cameAtMs : Math.min(cameAtMs, this.#open.openedAtMs);
    const at = this.#builder.add(command);
    const pending = { submission, index: submission.commands.length, frame: this.#open, at };
    assert(at === this.#open.commands.length);
    submission.commands.push(pending);
    this.#open.commands.push(pending);
    this.#open.withoutOutcome += 1;
  }

  /** Sends what is in the open frame when little is under way. */
  #sendGathered(): void {
    if (this.#phase !== "open" || this.#builder.count === 0 || !this.#queue.hasRoom) return;
    this.#closeFrame();
  }

  /** The frame that was open; the next one is. */
  #nextFrame(): PendingFrame {
    const pending = this.#open;
    this.#frames.set(pending.frame, pending);
    this.#open = pendingFrame(pending.frame + 1);
    return pending;
  }

  #closeFrame(): void {
    const pending = this.#nextFrame();
    if (this.#phase === "open") {
      this.#send(pending, this.#builder);
    } else {
      this.#kept.push({ pending, builder: this.#builder });
      this.#builder = new FrameBuilder();
    }
  }

  #send(
    pending: PendingFrame,
    builder: FrameBuilder,
    expiresAtUs = this.#deadlineOf(pending),
  ): void {
    const { producer, epoch, observer } = this.#options;
    const { frame, commands } = pending;
    const notebook = this.#notebook;
    const notes = notebook?.write(commands.map(({ submission }) => submission));
    const envelope = { producer, epoch, frame, expiresAtUs };
    const bytes = builder.finish(notes === undefined ? envelope : { ...envelope, notes });
    observer?.closed(commands.length, bytes.length);
    // Of a frame that holds nothing there is nothing to be told.
    const isNoted = notebook !== undefined && commands.length > 0;
    this.#queue.push(frame, bytes, isNoted ? () => this.#noteStored(frame, notebook) : undefined);
  }

  #noteStored(frame: number, notebook: FrameNotebook): void {
    notebook.stored(frame);
    this.#tellNotesLater();
  }

  /** The next frame takes them along; only where none comes they have one of their own. */
  #tellNotesLater(): void {
    const { clock, notes } = this.#options;
    if (notes === undefined || this.#noteTimer !== undefined || this.#phase === "closed") return;
    this.#noteTimer = clock.after(notes.idleMs, () => {
      this.#noteTimer = undefined;
      if (this.#notebook?.hasNews !== true) return;
      const isIdle = this.#phase === "open" && this.#builder.count === 0 && this.#queue.hasRoom;
      if (isIdle) this.#sendNothing();
      if (this.#notebook.hasNews) this.#tellNotesLater();
    });
  }

  /**
   * Counted from the first command and not from the closing: while the log takes nothing, commands
   * gather for as long as that lasts.
   */
  #deadlineOf({ openedAtMs }: PendingFrame): TimeUs {
    if (!Number.isFinite(this.#frameLifetimeMs)) return neverExpires;
    const expiresAtUs = this.#logTime.atUs(openedAtMs) + this.#frameLifetimeMs * 1000;
    return Math.max(neverExpires + 1, Math.floor(expiresAtUs));
  }

  // ---- Judgements and answers --------------------------------------------------------------

  #judge(answer: FrameAnswer, sequence: number): void {
    const { epoch, verdict, expectedFrame } = answer;
    if (epoch !== this.#options.epoch) return;
    assert(verdict !== "malformed", "the shard cannot read our frames");
    if (verdict === "stale-epoch") {
      const { producer, shard, report } = this.#options;
      this.close();
      report?.(new ProducerReplaced(producer, shard, epoch));
      return;
    }
    if (verdict === "expired") this.#refuseAsTooLate(answer.frame);
    // Whatever was said of this frame, all before the expected one count.
    for (; this.#judged + 1 < expectedFrame; this.#judged++) {
      const frame = this.#frames.get(this.#judged + 1);
      if (frame === undefined) break;
      frame.isJudged = true;
      this.#places -= frame.commands.length - frame.withoutOutcome;
      this.#forgetIfDone(frame);
    }
    this.#queue.heard(expectedFrame, sequence);
    if (this.#phase === "opening" && this.#judged > 0) this.#endOpening();
  }

  /** Its number is used up: no copy of it will be applied any more. */
  #refuseAsTooLate(frame: number): void {
    for (const pending of this.#frames.get(frame)?.commands ?? []) {
      this.#settle(pending, { kind: "too-late" });
    }
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
    this.#noteAnswers(submission);
    submission.settle(submission.outcomes as Outcome[]);
  }

  /** What came too late did nothing, and nobody follows it. */
  #noteAnswers({ commands, outcomes }: Submission): void {
    if (this.#notebook === undefined) return;
    this.#notebook.answered(
      commands.flatMap(({ frame: { frame }, at: index }, place) => {
        const kind = outcomes[place]?.kind;
        if (kind !== "replied" && kind !== "unknown") return [];
        return [{ frame, index, answer: NotedAnswer[kind] }];
      }),
    );
    this.#tellNotesLater();
  }

  #giveUp(submission: Submission): void {
    for (const pending of submission.commands) this.#settle(pending, { kind: "unknown" });
  }

  #forgetIfDone(frame: PendingFrame): void {
    if (frame.isJudged && frame.withoutOutcome === 0) this.#frames.delete(frame.frame);
  }
}

function pendingFrame(frame: number): PendingFrame {
  return { frame, commands: [], openedAtMs: 0, withoutOutcome: 0, isJudged: false };
}
