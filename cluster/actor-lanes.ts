/**
 * Actor lanes: the commands of one client for actors that may move from shard to shard.
 *
 * A command that comes to a shard which its actor has left is refused there and has done nothing:
 * it is sent on to where the actor lives. Whoever submitted it hears of the outcome only.
 *
 * All commands for one actor go in one lane, one behind the other. When one of them is refused so,
 * those that are under way are waited for, and only then are the refused ones and those that came
 * meanwhile sent, in the order in which they were submitted: none of them overtakes another.
 */
import { assert, RejectReason, whereaboutsIn } from "../protocols/index.ts";
import type { ActorAddress, Command, ShardId } from "../protocols/index.ts";
import type { ActorRoutes } from "./actor-routes.ts";
import type { Outcome } from "./client.ts";
import type { Clock } from "./clock.ts";

export interface SubmissionTerms {
  readonly timeoutMs: number;
  /** When the commands came first, wherever that was. */
  readonly cameAtMs: number;
  readonly traceparent: string;
}

export interface ActorLanesOptions {
  readonly routes: ActorRoutes;
  readonly clock: Clock;
  /** Has a shard take commands that were submitted at a moment, and tells what became of them. */
  readonly submit: (
    shard: ShardId,
    commands: readonly Command[],
    terms: SubmissionTerms,
  ) => Promise<readonly Outcome[]>;
}

/** What was submitted together. */
interface Submission {
  /** In the order of coming. */
  readonly number: number;
  readonly actor: ActorAddress;
  readonly commands: readonly Command[];
  /** By command; undefined for those that have not happened yet. */
  readonly outcomes: (Outcome | undefined)[];
  readonly cameAtMs: number;
  readonly traceparent: string;
  readonly endsAtMs: number;
  /** How often some of it was sent on. */
  detours: number;
  readonly settle: (outcomes: readonly Outcome[]) => void;
}

interface Lane {
  underWay: number;
  /** Those that are sent once nothing is under way any more. */
  held: Submission[];
}

/** An actor moves from shard to shard only so fast. */
const detoursMax = 20;
/** Of one actor. Above it they are refused as busy. */
const heldMax = 10_000;

export class ActorLanes {
  readonly #options: ActorLanesOptions;
  readonly #lanes = new Map<ActorAddress, Lane>();
  #count = 0;

  constructor(options: ActorLanesOptions) {
    this.#options = options;
  }

  /** Resolves when every command has its outcome, in the order given. All are for that actor. */
  submit(
    actor: ActorAddress,
    commands: readonly Command[],
    { timeoutMs, traceparent = "" }: { timeoutMs: number; traceparent?: string | undefined },
  ): Promise<readonly Outcome[]> {
    return new Promise((settle) => {
      this.#count += 1;
      const cameAtMs = this.#options.clock.nowMs();
      const outcomes = commands.map(() => undefined);
      const submission: Submission = {
        ...{ number: this.#count, actor, commands, outcomes, settle, detours: 0 },
        ...{ cameAtMs, endsAtMs: cameAtMs + timeoutMs, traceparent },
      };
      const lane = this.#lanes.get(actor) ?? { underWay: 0, held: [] };
      this.#lanes.set(actor, lane);
      if (lane.held.length === 0) this.#send(submission, lane);
      else this.#hold(submission, lane);
    });
  }

  /** How many submissions wait for an actor to be found. */
  get heldCount(): number {
    return this.#lanes.values().reduce((sum, { held }) => sum + held.length, 0);
  }

  #hold(submission: Submission, lane: Lane): void {
    const { clock } = this.#options;
    const leftMs = submission.endsAtMs - clock.nowMs();
    // A process that stood still may hear of a refusal when nobody waits for it any more.
    if (lane.held.length >= heldMax || leftMs <= 0) {
      giveUp(submission);
      return;
    }
    lane.held.push(submission);
    // What is not sent by then has not happened, and will not.
    clock.after(leftMs, () => {
      const place = lane.held.indexOf(submission);
      if (place < 0) return;
      lane.held.splice(place, 1);
      giveUp(submission);
    });
  }

  #send(submission: Submission, lane: Lane): void {
    const { routes, clock, submit } = this.#options;
    const { actor, commands, outcomes, cameAtMs, endsAtMs, traceparent } = submission;
    const indexes = [...commands.keys()].filter((index) => outcomes[index] === undefined);
    const timeoutMs = endsAtMs - clock.nowMs();
    if (timeoutMs <= 0) {
      giveUp(submission);
      return;
    }
    lane.underWay += 1;
    const left = indexes.map((index) => commands[index]!);
    const terms = { timeoutMs, cameAtMs, traceparent };
    const underWay = submit(routes.shardOf(actor), left, terms);
    void underWay.then((came) => {
      assert(came.length === indexes.length, "not one outcome for each command");
      for (const [place, index] of indexes.entries()) {
        this.#note(submission, index, came[place]!);
      }
      lane.underWay -= 1;
      this.#endOrHold(submission, lane);
      this.#goOn(actor, lane);
    });
  }

  /** Keeps an outcome, unless the command is to be sent on. */
  #note(submission: Submission, index: number, outcome: Outcome): void {
    const reply = outcome.kind === "replied" ? outcome.reply : undefined;
    const isElsewhere = reply?.rejectReason === RejectReason["actor-elsewhere"];
    if (isElsewhere && reply?.kind === "command-replied") {
      this.#options.routes.learn(submission.actor, whereaboutsIn(reply.detail));
      return;
    }
    // Those before it that were refused would happen after it now: they do not happen.
    for (let before = 0; before < index; before++) submission.outcomes[before] ??= { kind: "busy" };
    submission.outcomes[index] = outcome;
  }

  #endOrHold(submission: Submission, lane: Lane): void {
    if (!submission.outcomes.includes(undefined)) {
      submission.settle(submission.outcomes as Outcome[]);
      return;
    }
    submission.detours += 1;
    if (submission.detours > detoursMax) giveUp(submission);
    else this.#hold(submission, lane);
  }

  #goOn(actor: ActorAddress, lane: Lane): void {
    if (lane.underWay > 0) return;
    const { held } = lane;
    lane.held = [];
    held.sort((a, b) => a.number - b.number);
    for (const submission of held) this.#send(submission, lane);
    if (lane.underWay === 0) this.#lanes.delete(actor);
  }
}

/** What has no outcome was refused where it came, or was never sent. */
function giveUp({ outcomes, settle }: Submission): void {
  settle(outcomes.map((outcome) => outcome ?? { kind: "busy" }));
}
