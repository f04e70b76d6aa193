/**
 * Reads the logs of all shards into fresh actors and notes what they say: the record that a history
 * is checked against. Trusts nothing but the log; a run goes on where the one before it ended.
 */
import type { Shard, Step } from "../../actors/index.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { CommandFault } from "../../ops/cli/output.ts";
import type { ReplaySource, ShardReport } from "../../ops/cli/shard-replay.ts";
import { ShardReplay } from "../../ops/cli/shard-replay.ts";
import { renderOrderState } from "../../protocols/api/order-rendering.ts";
import {
  governorShard,
  Liquidity,
  messagesIn,
  readEvent,
  RecordReader,
  RejectReason,
  rejectReasonName,
  repliesIn,
  unsealFrame,
} from "../../protocols/index.ts";
import type {
  CommandReplied,
  Message,
  OrderReplied,
  Origin,
  ShardEvent,
  ShardId,
} from "../../protocols/index.ts";
import type { Asked, Standing } from "./operation.ts";
import type {
  AssetSum,
  LoggedAnswer,
  LoggedCommand,
  LoggedFill,
  LoggedTrade,
  VenueRecord,
} from "./venue-record.ts";

export interface VenueReplayOptions {
  readonly shards: number;
  /** Engine nodes that have to have every shard. */
  readonly nodes: readonly string[];
}

export interface ReplayedVenue {
  readonly record: VenueRecord;
  readonly shards: readonly ShardReport[];
}

/** A command that the log holds, whose answer may stand in a later entry. */
type OpenCommand = Omit<LoggedCommand, "answer"> & { answer: LoggedAnswer | undefined };

export class VenueReplay {
  readonly #options: VenueReplayOptions;
  readonly #replays: readonly ShardReplay[];
  #commands: OpenCommand[] = [];
  #trades: LoggedTrade[] = [];
  #fills: LoggedFill[] = [];
  readonly #earlierFills: LoggedFill[] = [];
  /** Those without an answer yet, by shard and origin. */
  readonly #open = new Map<string, OpenCommand>();

  constructor(options: VenueReplayOptions) {
    this.#options = options;
    this.#replays = Array.from({ length: options.shards }, (_, shard) => {
      const onStep = (entry: LogEntry, step: Step): void => this.#note(shard, entry, step);
      return new ShardReplay({ shard, shards: options.shards, onStep });
    });
  }

  /**
   * Has every replica hash its state and reads on to there: what the logs say since the last call.
   * Nothing may be under way between the shards any more.
   *
   * @param accounts whose standings are wanted.
   */
  async read(access: ReplaySource, accounts: readonly string[]): Promise<ReplayedVenue> {
    this.#earlierFills.push(...this.#fills);
    this.#commands = [];
    this.#trades = [];
    this.#fills = [];
    const reports: ShardReport[] = [];
    const missing: string[] = [];
    for (const replay of this.#replays) {
      try {
        reports.push(await replay.verify(access, this.#options.nodes));
      } catch (error) {
        if (!(error instanceof CommandFault)) throw error;
        missing.push(error.message);
        reports.push(await replay.toHead(access));
      }
    }
    const record: VenueRecord = {
      commands: this.#commands,
      trades: this.#trades,
      fills: this.#fills,
      earlierFills: this.#earlierFills,
      sums: sumsOf(this.#replays.map(({ actors }) => actors)),
      standings: accounts.map((account) => this.#standingOf(account)),
      replicas: reports.flatMap(({ shard, comparisons }) =>
        comparisons.map((comparison) => ({ shard, ...comparison })),
      ),
      missing,
    };
    return { record, shards: reports };
  }

  #note(shard: ShardId, entry: LogEntry, step: Step): void {
    if (step.verdict === "applied") {
      const sealed = unsealFrame(entry.payload);
      const { producer, epoch, frame } = sealed;
      for (const [index, message] of messagesIn(sealed).entries()) {
        const asked = askedIn(message);
        if (asked === undefined) continue;
        const command = { ...asked, shard, sequence: entry.sequence, index, answer: undefined };
        this.#commands.push(command);
        this.#open.set(keyOf(shard, { producer, epoch, frame, index }), command);
      }
    }
    for (const { records } of step.replies) {
      for (const reply of repliesIn(records)) {
        if (reply.kind === "order-replied") this.#answer(shard, reply);
        // It was sent on: it comes to another shard as a command of its own.
        else if (isOfElsewhere(reply)) this.#drop(keyOf(shard, reply.origin));
      }
    }
    const events = RecordReader.of(step.events);
    while (events.hasMore) this.#hear(readEvent(events));
  }

  #drop(key: string): void {
    const command = this.#open.get(key);
    this.#open.delete(key);
    this.#commands = this.#commands.filter((other) => other !== command);
  }

  #answer(shard: ShardId, reply: OrderReplied): void {
    const key = keyOf(shard, reply.origin);
    const command = this.#open.get(key);
    if (command === undefined) return;
    this.#open.delete(key);
    const order = reply.orderId === 0 ? undefined : renderOrderState(reply, {});
    command.answer = {
      reason: rejectReasonName(reply.rejectReason),
      isDuplicate: reply.isDuplicate,
      order,
    };
  }

  #hear(event: ShardEvent): void {
    if (event.kind === "traded") {
      const { symbol, tradeId, price, quantity } = event;
      this.#trades.push({ symbol, tradeId, price, quantity });
    }
    if (event.kind !== "execution-report" || event.tradeId === 0) return;
    const { account, orderId, symbol, tradeId, lastPrice, lastQuantity } = event;
    this.#fills.push({
      ...{ account, orderId, symbol, tradeId, price: lastPrice, quantity: lastQuantity },
      orderQuantity: event.quantity,
      orderExecuted: event.executed,
      isTransfer: event.liquidity === Liquidity.transfer,
    });
  }

  #standingOf(account: string): Standing {
    // Wherever it has moved to.
    const home = this.#replays.find(({ actors }) => actors.account(account) !== undefined);
    const actor = home?.actors.account(account);
    const orders = actor?.openOrders({ symbol: "", after: 0, limit: Infinity }) ?? [];
    return {
      account,
      openOrders: orders.map(({ orderId }) => orderId),
      balances: (actor?.balances() ?? []).map(({ asset, available, reserved }) => {
        return [asset, String(available), String(reserved)] as const;
      }),
    };
  }
}

function isOfElsewhere({ rejectReason }: CommandReplied): boolean {
  return rejectReason === RejectReason["actor-elsewhere"];
}

function keyOf(shard: ShardId, { producer, epoch, frame, index }: Origin): string {
  return `${shard} ${producer} ${epoch} ${frame} ${index}`;
}

function askedIn(message: Message): Asked | undefined {
  switch (message.kind) {
    case "place-order":
      return { kind: "place", ...namesIn(message), revision: 0 };
    case "cancel-order":
      return { kind: "cancel", ...namesIn(message), revision: 0 };
    case "replace-order":
      return { kind: "replace", ...namesIn(message), revision: message.revision };
    default:
      return undefined;
  }
}

function namesIn({ account, clientOrderId }: Pick<Asked, "account" | "clientOrderId">) {
  return { account, clientOrderId };
}

function sumsOf(shards: readonly Shard[]): readonly AssetSum[] {
  const held = new Map<string, bigint>();
  for (const shard of shards) {
    for (const { asset, available, reserved, ...apart } of shard.answer("holdings", {})) {
      const { withdrawing = 0, variation = 0, posted = 0 } = apart;
      const kept = BigInt(available) + BigInt(reserved) + BigInt(posted);
      const units = kept + BigInt(withdrawing) + BigInt(variation);
      held.set(asset, (held.get(asset) ?? 0n) + units);
    }
  }
  const supply = shards[governorShard]?.governor.supply() ?? [];
  return supply.map(({ asset, available }) => ({
    asset,
    held: held.get(asset) ?? 0n,
    // Rebates are given beyond what was brought in, and losses that no fund could pay.
    supplied: shards.reduce(
      (sum, { ledger }) => sum - BigInt(ledger.of(asset).given),
      BigInt(available),
    ),
  }));
}
