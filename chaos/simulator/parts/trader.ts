/**
 * A trader: one account's client, with the SDK's own queue and sender, and a record of all that it
 * asked for and was told.
 */
import { Attempter, defaultTiming } from "../../../clients/sdk/attempts.ts";
import { Patience } from "../../../clients/sdk/patience.ts";
import { ExchangeUnavailable, ExecutionStatusUnknown } from "../../../clients/sdk/faults.ts";
import { OrderQueue } from "../../../clients/sdk/order-queue.ts";
import type { OrderResult } from "../../../clients/sdk/order-result.ts";
import { OrderSender, SentCommand } from "../../../clients/sdk/order-sender.ts";
import { batchCommandsMax } from "../../../protocols/api/limits.ts";
import { batchBytesMax, recordBytesMax } from "../../../protocols/api/order-batch.ts";
import type { BatchedCommand } from "../../../protocols/api/order-batch.ts";
import type { AccountId } from "../../../protocols/index.ts";
import type { Asked, OrderHistory } from "../checkers/order-history.ts";
import type { SimWorld } from "../world/sim-world.ts";
import { SimWire, wireClockOf } from "./sim-wire.ts";

export class Trader {
  readonly #world: SimWorld;
  readonly #history: OrderHistory;
  readonly #queue: OrderQueue<SentCommand>;

  constructor(world: SimWorld, account: AccountId, history: OrderHistory) {
    this.#world = world;
    this.#history = history;
    const process = world.newProcess(`client-${account}`);
    const sender = new OrderSender({
      account,
      wire: new SimWire(world.servers, process, `client-${account}`),
      attempter: new Attempter(
        defaultTiming,
        wireClockOf(process),
        new Patience(defaultTiming.attemptTimeoutMs),
      ),
    });
    this.#queue = new OrderQueue((batch) => sender.send(batch), {
      batchesUnderWayMax: 1,
      itemsPerBatchMax: batchCommandsMax,
      sizePerBatchMax: batchBytesMax,
      sizeOf: ({ command }) => recordBytesMax(command),
    });
  }

  send(command: BatchedCommand): void {
    const asked = this.#history.begin(command, this.#world.time.nowMs);
    const answered = Promise.withResolvers<OrderResult>();
    this.#queue.add(new SentCommand(command, answered));
    answered.promise.then(
      (result) => this.#end(asked, { kind: "answered", result }),
      (fault: unknown) => this.#end(asked, { kind: endingOf(fault) }),
    );
  }

  #end(asked: Asked, ending: NonNullable<Asked["ending"]>): void {
    asked.ending = ending;
    asked.endedAtMs = this.#world.time.nowMs;
    const { account, clientOrderId } = asked.command;
    this.#world.trace.tell(asked.endedAtMs, `${account}/${clientOrderId} ${ending.kind}`);
  }
}

function endingOf(fault: unknown): "unknown" | "not-taken" {
  if (fault instanceof ExecutionStatusUnknown) return "unknown";
  if (fault instanceof ExchangeUnavailable) return "not-taken";
  throw fault;
}
