/**
 * A cluster that does as it is told: for tests of what the gateway makes of outcomes and faults.
 *
 * It remembers what was submitted. Every command is accepted unless an outcome is scripted.
 */
import type {
  ActorAddress,
  Answer,
  Ask,
  Command,
  NodeStatus,
  QuestionKind,
  ShardId,
} from "../../protocols/index.ts";
import { OrderStatus, RejectReason } from "../../protocols/index.ts";
import type { ClusterClient, Outcome } from "../../cluster/client.ts";

export class ScriptedCluster implements ClusterClient {
  readonly shards = 1;
  readonly submitted: Command[] = [];
  /** What becomes of a command. */
  outcomeOf: (command: Command) => Outcome = accepted;
  /** Resolves when commands may have their outcomes; at once unless scripted. */
  released: Promise<void> = Promise.resolve();
  /** What a question is answered with, or throws. Unless scripted, there is nothing. */
  answerTo: (kind: QuestionKind) => unknown = (kind) => {
    if (kind === "fees") return RejectReason["account-unknown"];
    if (kind === "riskRules") return { limits: [], groups: [] };
    if (kind === "placement") return { epoch: 0, shards: 1, founded: 1, pins: [], moving: "" };
    return kind in lists ? [] : null;
  };

  async submit(commands: readonly Command[]): Promise<readonly Outcome[]> {
    this.submitted.push(...commands);
    await this.released;
    return commands.map((command) => this.outcomeOf(command));
  }

  async ask<Kind extends QuestionKind>(
    _shard: ShardId,
    kind: Kind,
    _ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    return this.answerTo(kind) as Answer<Kind>;
  }

  async askActor<Kind extends QuestionKind>(
    _actor: ActorAddress,
    kind: Kind,
    _ask: Ask<Kind>,
  ): Promise<Answer<Kind>> {
    return this.answerTo(kind) as Answer<Kind>;
  }

  async nodes(): Promise<readonly NodeStatus[]> {
    return [];
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}

/** Questions that are answered with a list, never with null. */
/** Questions whose answer is a list. */
type ListKind = {
  [Kind in QuestionKind]: Answer<Kind> extends readonly unknown[] ? Kind : never;
}[QuestionKind];

const lists: Readonly<Record<ListKind, true>> = {
  "open-orders": true,
  instruments: true,
  assets: true,
  accounts: true,
  holdings: true,
  openWithdrawals: true,
  custodyPolicies: true,
  deposits: true,
  depositAddresses: true,
  liabilities: true,
  custodyHoldings: true,
  sweeps: true,
  feeSchedules: true,
  settlements: true,
  deliveries: true,
  failPermissions: true,
  deficits: true,
  settlementCycles: true,
  approvalPolicy: true,
};

const origin = { producer: "gw-1", epoch: 1, frame: 1, index: 0 };

function accepted(command: Command): Outcome {
  const { none } = RejectReason;
  if (!isOrderCommand(command)) {
    const reply = { kind: "command-replied", origin, rejectReason: none, detail: 0 } as const;
    return { kind: "replied", reply };
  }
  return {
    kind: "replied",
    reply: {
      kind: "order-replied",
      origin,
      rejectReason: none,
      isDuplicate: false,
      orderId: 1,
      status: OrderStatus.new,
      closeReason: 0,
      price: 1,
      quantity: 1,
      executed: 0,
      executedNotional: 0,
      fees: 0,
      revision: 0,
      updateId: 1,
    },
  };
}

function isOrderCommand({ kind }: Command): boolean {
  return orderCommands.has(kind);
}

/** Commands that are answered by telling of an order. */
const orderCommands: ReadonlySet<Command["kind"]> = new Set([
  "place-order",
  "place-order-list",
  "cancel-order",
  "cancel-and-place",
  "replace-order",
]);
