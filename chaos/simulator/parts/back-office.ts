/**
 * The back office: opens the venue, and says what has no batches (lists, quotes, halts), with a
 * producer of its own that nothing befalls but its lines.
 *
 * It insists for as long as a client may, and then leaves it at that.
 */
import type { Reply } from "../../../cluster/client.ts";
import { ClusterFault } from "../../../cluster/faults.ts";
import { LogClient } from "../../../cluster/log-client.ts";
import { addressOfAccount, assert } from "../../../protocols/index.ts";
import type { CancelAndPlace, Command, ShardId } from "../../../protocols/index.ts";
import { PromiseBroken } from "../checkers/promise-broken.ts";
import { SimBus } from "../world/sim-bus.ts";
import type { SimWorld } from "../world/sim-world.ts";
import { openLogs } from "./open-logs.ts";

/** How long somebody goes on asking for one thing; see docs/decisions/0009-frames-expire.md. */
const insistsMs = 25_000;

export class BackOffice {
  readonly #world: SimWorld;
  /** Undefined until it is open. */
  #opened: LogClient | undefined;
  #underWay = 0;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** Resolves once the logs are there. */
  async open(): Promise<void> {
    const world = this.#world;
    const process = world.newProcess("office");
    const line = world.servers.connect(process, "office");
    const chance = world.chance.branch("office");
    this.#opened = new LogClient({
      producer: "office",
      epoch: 1,
      logs: await openLogs(world, { line, chance, creates: false, reads: false }),
      bus: new SimBus(world.servers, line),
      clock: process,
    });
  }

  get #client(): LogClient {
    assert(this.#opened !== undefined, "the office is not open");
    return this.#opened;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Resolves with whether it was answered. */
  async insist(command: Command): Promise<boolean> {
    const { time } = this.#world;
    const endMs = time.nowMs + insistsMs;
    this.#underWay += 1;
    try {
      while (time.nowMs < endMs) {
        const [outcome] = await this.#client.submit([command], { timeoutMs: 3000 });
        if (outcome?.kind !== "replied") continue;
        if (command.kind === "cancel-and-place") await this.#readOwn(command, outcome.reply);
        return true;
      }
      return false;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Resolves once some node has answered for each shard. */
  async asksAll(): Promise<void> {
    for (const shard of this.#world.logs.keys()) await this.#askPatiently(shard);
  }

  async #askPatiently(shard: ShardId): Promise<void> {
    for (;;) {
      try {
        return void (await this.#client.ask(shard, "instruments", {}));
      } catch (error) {
        if (!(error instanceof ClusterFault)) throw error;
      }
    }
  }

  /** Whoever was told of an order finds it, whichever replica answers. */
  async #readOwn({ account, order }: CancelAndPlace, reply: Reply): Promise<void> {
    if (reply.kind !== "order-replied" || reply.rejectReason !== 0 || reply.orderId === 0) return;
    const ask = { account, orderId: 0, clientOrderId: order.clientOrderId };
    try {
      const found = await this.#client.askActor(addressOfAccount(account), "order", ask);
      if (found?.orderId === reply.orderId) return;
    } catch (error) {
      // Nobody could answer, which is no wrong answer.
      if (error instanceof ClusterFault) return;
      throw error;
    }
    throw new PromiseBroken(
      "answers",
      `${account}/${order.clientOrderId} is not found after its reply`,
    );
  }
}
