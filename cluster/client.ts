/**
 * The cluster's door for those who speak to it: gateways and tools.
 *
 * Whoever holds a client knows nothing of logs, frames, emitters or replicas: it submits commands
 * and gets the actors' answers, asks questions and gets the replicas'. A command without an answer
 * in time has an unknown outcome, and that is what is said.
 */
import type {
  ActorAddress,
  Answer,
  Ask,
  Command,
  CommandReplied,
  NodeStatus,
  OrderReplied,
  QuestionKind,
  ShardId,
} from "../protocols/index.ts";

/** What the actors answered to a command. */
export type Reply = OrderReplied | CommandReplied;

/** How one submitted command ended. */
export type Outcome =
  | { readonly kind: "replied"; readonly reply: Reply }
  /** It may or may not happen: ask again under the same client order id. */
  | { readonly kind: "unknown" }
  /** It did not happen and will not: it was too long on its way into the log. */
  | { readonly kind: "too-late" }
  /** It is not in the log and will not be: too much is under way already. */
  | { readonly kind: "busy" };

export interface SubmitOptions {
  /** How long to wait for the replies before saying "unknown". */
  readonly timeoutMs?: number;
  /** The trace that whoever sent the commands is in, as W3C Trace Context has it. */
  readonly traceparent?: string | undefined;
}

export interface ClusterClient {
  readonly shards: number;

  /**
   * Appends commands and resolves when each has its outcome. Those that take effect do so in the
   * order given.
   * All of them must be for one actor, wherever it lives and if it moves meanwhile. Never rejects
   * for a fault of the cluster: those are outcomes.
   */
  submit(commands: readonly Command[], options?: SubmitOptions): Promise<readonly Outcome[]>;

  /**
   * Asks a replica of a shard. The answer includes everything this client was told of that shard
   * before. Rejects with a ClusterFault when no replica answers in time.
   */
  ask<Kind extends QuestionKind>(shard: ShardId, kind: Kind, ask: Ask<Kind>): Promise<Answer<Kind>>;

  /** Asks a replica of the shard where an actor lives, wherever that is by now. */
  askActor<Kind extends QuestionKind>(
    actor: ActorAddress,
    kind: Kind,
    ask: Ask<Kind>,
  ): Promise<Answer<Kind>>;

  /** The status of every engine node that answers within the time. */
  nodes(timeoutMs?: number): Promise<readonly NodeStatus[]>;

  close(): Promise<void>;
}
