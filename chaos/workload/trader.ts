/**
 * One client of a drill: sends at a steady pace whatever becomes of it, repeats what is not
 * answered as the SDK does, and writes down what it asked and what it was told.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Pace } from "../../clients/agents/pace.ts";
import type { SeededRandom } from "../../clients/agents/seeded-random.ts";
import type { OrderResult, OutcryClient } from "../../clients/sdk/index.ts";
import { ExchangeUnavailable, OutcryFault } from "../../clients/sdk/index.ts";
import { rejectReasonName } from "../../protocols/index.ts";
import type { HeardFill, History, Operation, Outcome, Standing } from "../history/operation.ts";
import { isAcknowledged } from "../history/operation.ts";
import type { Wish } from "./order-flow.ts";
import { OrderFlow } from "./order-flow.ts";

export interface TraderOptions {
  readonly client: OutcryClient;
  readonly symbol: string;
  /** The account's shard, and the book's where that is another. */
  readonly shards: readonly number[];
  readonly random: SeededRandom;
}

/** A client that waits for so many answers asks for no more. */
const underWayMax = 5000;
const clearedTimeoutMs = 10_000;
const clearedPollMs = 20;
/** From here on a reason was said by a gateway and not by the log. */
const gatewayReasons = 1000;

export class Trader {
  readonly #client: OutcryClient;
  readonly #shards: readonly number[];
  readonly #flow: OrderFlow;
  readonly #underWay = new Set<Promise<void>>();
  #pace: Pace | undefined;
  #fault: Error | undefined;
  #count = 0;
  #acknowledgedCount = 0;
  #operations: Operation[] = [];
  #heardFills: HeardFill[] = [];
  #heardEarlier: readonly HeardFill[] = [];

  constructor({ client, symbol, shards, random }: TraderOptions) {
    this.#client = client;
    this.#shards = shards;
    this.#flow = new OrderFlow(symbol, random);
    client.onReports((reports) => {
      for (const { account, orderId, tradeId, lastPrice, lastQuantity } of reports) {
        if (tradeId === undefined) continue;
        const fill = { price: lastPrice ?? 0, quantity: lastQuantity ?? 0 };
        this.#heardFills.push({ account, orderId, tradeId, ...fill });
      }
    });
  }

  get account(): string {
    return this.#client.account;
  }

  /** How many commands the log has answered, ever. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** Whose answers depend on that shard alone. */
  isAtHomeIn(shard: number): boolean {
    return this.#shards.length === 1 && this.#shards[0] === shard;
  }

  start(commandsPerSecond: number): void {
    this.#pace = new Pace(commandsPerSecond, () => this.#ask());
  }

  /** Asks for nothing more, and resolves when everything was answered or given up. */
  async stop(): Promise<void> {
    this.#pace?.stop();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    if (this.#fault !== undefined) {
      throw new Error(`a client failed: ${this.#fault.message}`, { cause: this.#fault });
    }
  }

  /**
   * Cancels what rests, and tells how things stand once that is done: the answer to it comes before
   * the books in other shards have heard of it.
   */
  async clear(): Promise<Standing> {
    await this.#client.cancelAll();
    this.#flow.forget();
    const deadlineMs = performance.now() + clearedTimeoutMs;
    let orders = await this.#client.openOrders();
    while (orders.length > 0 && performance.now() < deadlineMs) {
      await sleep(clearedPollMs);
      orders = await this.#client.openOrders();
    }
    const balances = await this.#client.balances();
    return {
      account: this.account,
      openOrders: orders.map(({ orderId }) => orderId),
      balances: balances.map(({ asset, available, reserved }) => [asset, available, reserved]),
    };
  }

  /** What was asked and heard since the last call. */
  takeHistory(): Omit<History, "standings"> {
    const [operations, heardFills] = [this.#operations, this.#heardFills];
    const taken = { operations, heardFills, heardEarlier: this.#heardEarlier };
    this.#operations = [];
    this.#heardEarlier = [...this.#heardEarlier, ...heardFills];
    this.#heardFills = [];
    return taken;
  }

  async close(): Promise<void> {
    this.#pace?.stop();
    await this.#client.close();
  }

  #ask(): void {
    if (this.#underWay.size >= underWayMax) return;
    this.#count += 1;
    const wish = this.#flow.next(`${this.account}-${this.#count}`);
    // What is no answer and no want of one is a defect: whoever stops the trader hears of it.
    const asked = this.#carryOut(wish).catch((fault: unknown) => {
      this.#fault ??= fault instanceof Error ? fault : new Error(String(fault));
    });
    this.#underWay.add(asked);
    void asked.finally(() => this.#underWay.delete(asked));
  }

  async #carryOut(wish: Wish): Promise<void> {
    const { kind, clientOrderId } = wish;
    const invokedAtMs = performance.now();
    const outcome = await outcomeOf(this.#send(wish));
    if (outcome.kind === "done") this.#flow.learn(clientOrderId, outcome.order);
    if (isAcknowledged({ outcome })) this.#acknowledgedCount += 1;
    this.#operations.push({
      kind,
      account: this.account,
      clientOrderId,
      revision: wish.kind === "replace" ? wish.revision : 0,
      shards: this.#shards,
      invokedAtMs,
      completedAtMs: performance.now(),
      outcome,
    });
  }

  #send(wish: Wish): Promise<OrderResult> {
    const { clientOrderId } = wish;
    if (wish.kind === "place") return this.#client.place(wish.request);
    if (wish.kind === "cancel") return this.#client.cancel({ clientOrderId });
    const { price, quantity, revision } = wish;
    return this.#client.replace({ clientOrderId, price, quantity, revision });
  }
}

async function outcomeOf(sent: Promise<OrderResult>): Promise<Outcome> {
  try {
    const result = await sent;
    if (result.ok) return { kind: "done", isDuplicate: result.isDuplicate, order: result.order };
    const { number } = result.error;
    const reason = rejectReasonName(number);
    return { kind: "refused", reason, isOfLog: number < gatewayReasons };
  } catch (error) {
    if (error instanceof ExchangeUnavailable) return { kind: "not-done" };
    if (error instanceof OutcryFault && error.disposition === "unknown-outcome") {
      return { kind: "unknown" };
    }
    throw error;
  }
}
