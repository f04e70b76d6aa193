/**
 * Question desk: answers questions about one shard from this node's replica of it, one of several
 * desks that share the questions among them.
 *
 * It is open only while its replica serves: a question that comes to a desk which cannot answer is
 * lost until its asker tries again.
 */
import {
  clusterSubjects,
  InvariantViolation,
  isActorAddress,
  MalformedRecords,
  pack,
  unpack,
} from "../protocols/index.ts";
import type {
  ActorAddress,
  AnswerEnvelope,
  Ask,
  NodeId,
  QuestionKind,
  ShardId,
} from "../protocols/index.ts";
import { isQuestionKind } from "../actors/index.ts";
import type { Bus, BusMessage, BusSubscription } from "./bus.ts";
import { received } from "./received.ts";
import type { Replica } from "./replica.ts";

export interface QuestionDeskOptions {
  readonly node: NodeId;
  readonly shard: ShardId;
  readonly replica: Replica;
  readonly bus: Bus;
  /** Told of what was no question. */
  readonly report: (error: unknown) => void;
}

/** A replica that is further behind than this leaves the question to others. */
const patienceMs = 900;

export class QuestionDesk {
  readonly #options: QuestionDeskOptions;
  #subscription: BusSubscription | undefined;

  constructor(options: QuestionDeskOptions) {
    this.#options = options;
  }

  open(): void {
    const { bus, shard } = this.#options;
    const listener = (message: BusMessage): void => void this.#hear(message);
    this.#subscription ??= bus.subscribe(clusterSubjects.query(shard), listener, {
      queue: "replicas",
    });
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  async #hear(message: BusMessage): Promise<void> {
    const { replica, report } = this.#options;
    const question = received(message.payload, questionIn, report);
    if (question === undefined) return;
    const isCurrent = await replica.applied(question.minSequence, patienceMs);
    if (isCurrent && this.#subscription !== undefined) this.#answer(question, message);
  }

  /** A bad question must not end the process: its asker would go on to the next one with it. */
  #answer({ kind, ask, actor, placementEpoch }: Question, message: BusMessage): void {
    const { node, shard, replica, report } = this.#options;
    try {
      const { sequence } = replica;
      const elsewhere = actor && replica.elsewhere(actor, placementEpoch);
      const envelope: AnswerEnvelope =
        elsewhere === undefined
          ? { node, shard, sequence, answer: replica.answer(kind, ask) }
          : { node, shard, sequence, answer: null, elsewhere };
      message.respond?.(pack(envelope));
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
      // It named nothing there is, or its answer is larger than a server lets through.
      report(error);
    }
  }
}

interface Question {
  readonly kind: QuestionKind;
  readonly ask: Ask<QuestionKind>;
  readonly minSequence: number;
  readonly actor: ActorAddress | undefined;
  /** The last move of the actor that the asker has heard of; clients from before say none. */
  readonly placementEpoch: number;
}

function questionIn(payload: Uint8Array): Question {
  const parts = unpack(payload);
  if (typeof parts !== "object" || parts === null) throw new MalformedRecords("not a question");
  const fields = parts as Partial<Record<keyof Question, unknown>>;
  const { kind, ask, minSequence, actor, placementEpoch = 0 } = fields;
  const isQuestion =
    typeof kind === "string" &&
    isQuestionKind(kind) &&
    typeof ask === "object" &&
    ask !== null &&
    Number.isSafeInteger(minSequence) &&
    Number.isSafeInteger(placementEpoch) &&
    (actor === undefined || (typeof actor === "string" && isActorAddress(actor)));
  if (!isQuestion) throw new MalformedRecords("not a question");
  const [sequence, epoch] = [minSequence as number, placementEpoch as number];
  return { kind, ask, minSequence: sequence, actor, placementEpoch: epoch };
}
