/**
 * The venue that is traded on in simulated worlds, and who sends what when.
 */
import { Random } from "../../../actors/testing/random.ts";
import { traders, venueCommands, workloadFor } from "../../../actors/testing/trading-day.ts";
import type { BatchedCommand } from "../../../protocols/api/order-batch.ts";
import type { AccountId, Command } from "../../../protocols/index.ts";
import type { OrderHistory } from "../checkers/order-history.ts";
import type { BackOffice } from "./back-office.ts";
import type { SimWorld } from "../world/sim-world.ts";
import { Trader } from "./trader.ts";

export interface WorkloadOptions {
  readonly office: BackOffice;
  readonly history: OrderHistory;
  /** The pause before each next command is up to twice this. */
  readonly pauseMs: number;
}

export class TradingWorkload {
  readonly #world: SimWorld;
  readonly #office: BackOffice;
  readonly #pauseMs: number;
  readonly #random: Random;
  readonly #traders: ReadonlyMap<AccountId, Trader>;
  readonly #next: () => Command;
  #isTrading = false;
  #sent = 0;

  constructor(world: SimWorld, { office, history, pauseMs }: WorkloadOptions) {
    this.#world = world;
    this.#office = office;
    this.#pauseMs = pauseMs;
    this.#random = new Random(world.chance.branch("pace").below(2 ** 31));
    this.#traders = new Map(traders.map((name) => [name, new Trader(world, name, history)]));
    const seed = world.chance.branch("workload").below(2 ** 31);
    const workload = workloadFor(new Random(seed), () => Math.floor(world.time.nowMs * 1000));
    this.#next = () => workload.next();
  }

  get sent(): number {
    return this.#sent;
  }

  /** Opens the venue, command by command. */
  async open(): Promise<void> {
    await this.#office.open();
    for (const command of venueCommands()) {
      if (!(await this.#office.insist(command))) throw new Error("the venue could not be opened");
    }
  }

  begin(): void {
    this.#isTrading = true;
    this.#sendLater();
  }

  end(): void {
    this.#isTrading = false;
  }

  #sendLater(): void {
    const pauseMs = this.#random.below(2000 * this.#pauseMs) / 1000;
    this.#world.time.after(pauseMs, () => {
      if (!this.#isTrading) return;
      const count = this.#random.isOneOf(85) ? 1 : 1 + this.#random.below(8);
      for (let sent = 0; sent < count; sent++) this.#send(this.#next());
      this.#sendLater();
    });
  }

  #send(command: Command): void {
    this.#sent += 1;
    if (!isBatched(command)) return void this.#office.insist(command);
    const trader = this.#traders.get(command.account);
    if (trader === undefined) throw new Error("a command of nobody's");
    trader.send(command);
  }
}

function isBatched(command: Command): command is BatchedCommand {
  const { kind } = command;
  return kind === "place-order" || kind === "cancel-order" || kind === "replace-order";
}
