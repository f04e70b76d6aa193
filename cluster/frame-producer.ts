/**
 * Frame producer: puts one producer's commands into one shard's log, each once and in order.
 *
 * A frame is appended at once while little is under way; commands that come meanwhile gather in the
 * open frame (natural batching): one command a frame when idle, thousands when busy. Frames are
 * numbered, kept until the shard has judged them, and sent again from where it missed one.
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
import type { Outcome, Reply } from "./client.ts";
import type { Clock, Timer } from "./clock.ts";
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
  /** Commands without an outcome at a time; above it they are refused as busy. */
  readonly commandsMax?: number;
  /** After so long without a judgement, a frame is appended again. */
  readonly judgementMs?: number;
}

/** One submitted list of commands and what became of each so far. */
interface Submission {
  readonly outcomes: (Outcome | undefined)[];
  left: number;
  settle: (outcomes: readonly Outcome[]) => void;
  timer: Timer | undefined;
}

/** Where a command's outcome goes. */
interface Waiter {
  readonly submission: Submission;
  readonly index: number;
}

interface SentFrame {
  readonly frame: number;
  readonly bytes: Uint8Array;
  readonly waiters: (Waiter | undefined)[];
  unanswered: number;
  isJudged: boolean;
  isAppending: boolean;
  sentAtMs: number;
}

const tendEveryMs = 100;

export class FrameProducer {
  readonly #options: Required<FrameProducerOptions>;
  #epoch: number;
  #builder = new FrameBuilder();
  #open: Waiter[] = [];
  /** Frames not judged yet, or with commands not answered yet. */
  readonly #sent = new Map<number, SentFrame>();
  #frameCount = 0;
  #appending = 0;
  #commands = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: FrameProducerOptions) {
    this.#options = { appendsMax: 4, commandsMax: 100_000, judgementMs: 2000, ...options };
    this.#epoch = options.epoch;
    this.#tend();
  }

  /** Commands without an outcome yet. */
  get commandsUnderWay(): number {
    return this.#commands;
  }

  /** Resolves when every command has its outcome, in the order given. */
  submit(commands: readonly Command[], timeoutMs: number): Promise<readonly Outcome[]> {
    if (commands.length === 0) return Promise.resolve([]);
    if (this.#isClosed || this.#commands + commands.length > this.#options.commandsMax) {
      return Promise.resolve(commands.map(() => ({ kind: "busy" })));
    }
    return new Promise((settle) => {
      const submission: Submission = {
        outcomes: commands.map(() => undefined),
        left: commands.length,
        settle,
        timer: undefined,
      };
      submission.timer = this.#options.clock.after(timeoutMs, () => {
        this.#giveUp(submission);
      });
      this.#commands += commands.length;
      for (const [index, command] of commands.entries()) {
        if (this.#builder.isFull) this.#closeFrame();
        this.#builder.add(command);
        this.#open.push({ submission, index });
      }
      this.#appendIfIdle();
    });
  }

  /** Takes what the shard says to this producer. */
  receive(message: ReplyMessage): void {
    for (const reply of message.replies) this.#answer(reply);
    if (message.frame !== undefined) this.#judge(message.frame);
  }

  /** Gives up on everything under way: those outcomes are unknown. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    const submissions = new Set<Submission>();
    for (const { submission } of this.#open) submissions.add(submission);
    for (const { waiters } of this.#sent.values()) {
      for (const waiter of waiters) if (waiter !== undefined) submissions.add(waiter.submission);
    }
    for (const submission of submissions) this.#giveUp(submission);
  }

  // ---- Sending -----------------------------------------------------------------------------

  #appendIfIdle(): void {
    if (this.#builder.count > 0 && this.#appending < this.#options.appendsMax) this.#closeFrame();
  }

  #closeFrame(): void {
    this.#frameCount += 1;
    const frame = this.#frameCount;
    const bytes = this.#builder.finish({
      producer: this.#options.producer,
      epoch: this.#epoch,
      frame,
    });
    const sent: SentFrame = {
      frame,
      bytes,
      waiters: this.#open,
      unanswered: this.#open.length,
      isJudged: false,
      isAppending: false,
      sentAtMs: 0,
    };
    this.#open = [];
    this.#sent.set(frame, sent);
    this.#append(sent);
  }

  #append(sent: SentFrame): void {
    assert(!sent.isAppending);
    sent.isAppending = true;
    sent.sentAtMs = this.#options.clock.nowMs();
    this.#appending += 1;
    const ended = (): void => {
      this.#appending -= 1;
      sent.isAppending = false;
      if (!this.#isClosed) this.#appendIfIdle();
    };
    // A failed append is no outcome: the frame is kept, and `tend` appends it again.
    this.#options.log.append(this.#options.producer, sent.bytes).then(ended, ended);
  }

  /** Appends again, oldest first, what has not been judged for too long. */
  #tend(): void {
    this.#timer = this.#options.clock.after(tendEveryMs, () => {
      const lateMs = this.#options.clock.nowMs() - this.#options.judgementMs;
      for (const sent of this.#sent.values()) {
        if (sent.isJudged) continue;
        if (sent.isAppending || sent.sentAtMs > lateMs) break;
        this.#resendFrom(sent.frame);
        break;
      }
      this.#tend();
    });
  }

  #resendFrom(frame: number): void {
    for (const sent of this.#sent.values()) {
      if (sent.frame >= frame && !sent.isJudged && !sent.isAppending) this.#append(sent);
    }
  }

  // ---- Judgements and answers --------------------------------------------------------------

  #judge({ epoch, frame, verdict, expectedFrame }: FrameAnswer): void {
    if (epoch !== this.#epoch) return;
    assert(verdict !== "malformed", "the shard cannot read our frames");
    if (verdict === "stale-epoch") {
      // Another process of our name has started after us: it speaks now.
      this.close();
      return;
    }
    // Whatever was said of this frame, all before the expected one have been applied.
    for (const sent of this.#sent.values()) {
      if (sent.frame >= expectedFrame) break;
      sent.isJudged = true;
      if (sent.unanswered === 0) this.#sent.delete(sent.frame);
    }
    if (verdict === "gap" && frame > expectedFrame) this.#resendFrom(expectedFrame);
  }

  #answer(reply: Reply): void {
    const { epoch, frame, index } = reply.origin;
    if (epoch !== this.#epoch) return;
    const sent = this.#sent.get(frame);
    const waiter = sent?.waiters[index];
    if (sent === undefined || waiter === undefined) return;
    sent.waiters[index] = undefined;
    sent.unanswered -= 1;
    if (sent.unanswered === 0 && sent.isJudged) this.#sent.delete(frame);
    this.#settle(waiter, { kind: "replied", reply });
  }

  #settle({ submission, index }: Waiter, outcome: Outcome): void {
    if (submission.outcomes[index] !== undefined) return;
    submission.outcomes[index] = outcome;
    submission.left -= 1;
    this.#commands -= 1;
    if (submission.left > 0) return;
    submission.timer?.cancel();
    submission.settle(submission.outcomes as Outcome[]);
  }

  #giveUp(submission: Submission): void {
    for (const index of submission.outcomes.keys()) {
      this.#settle({ submission, index }, { kind: "unknown" });
    }
    for (const sent of this.#sent.values()) {
      for (const [at, waiter] of sent.waiters.entries()) {
        if (waiter?.submission !== submission) continue;
        sent.waiters[at] = undefined;
        sent.unanswered -= 1;
      }
      if (sent.unanswered === 0 && sent.isJudged) this.#sent.delete(sent.frame);
    }
  }
}
