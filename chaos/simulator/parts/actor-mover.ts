/**
 * The mover: has accounts and books live in other shards, one after the other, while all else goes
 * on. Whether a move is done, or refused because the one before is not over, is all the same to it.
 */
import { movableActors } from "../../../actors/testing/trading-day.ts";
import type { ActorAddress, ShardId } from "../../../protocols/index.ts";
import type { LogOracle } from "../checkers/log-oracle.ts";
import type { Chance } from "../world/chance.ts";
import type { SimWorld } from "../world/sim-world.ts";
import type { BackOffice } from "./back-office.ts";

export interface ActorMoverOptions {
  readonly office: BackOffice;
  /** Knows where actors live, so that each is sent to another shard. */
  readonly oracle: LogOracle;
  readonly chance: Chance;
}

export class ActorMover {
  readonly #world: SimWorld;
  readonly #options: ActorMoverOptions;
  /** The pause between two attempts on average. */
  readonly #pauseMs: number;
  #isMoving = false;

  constructor(world: SimWorld, options: ActorMoverOptions) {
    this.#world = world;
    this.#options = options;
    this.#pauseMs = options.chance.pick([150, 600, 2500]);
  }

  begin(): void {
    this.#isMoving = true;
    this.#moveLater();
  }

  end(): void {
    this.#isMoving = false;
  }

  #moveLater(): void {
    const { office, chance } = this.#options;
    const pauseMs = -Math.log(1 - chance.next()) * this.#pauseMs;
    this.#world.time.after(pauseMs, () => {
      if (!this.#isMoving) return;
      const actor = chance.pick(movableActors);
      const by = { author: "ops", reason: "simulated" };
      void office.insist({ kind: "place-actor", actor, shard: this.#anotherShard(actor), ...by });
      this.#moveLater();
    });
  }

  #anotherShard(actor: ActorAddress): ShardId {
    const { oracle, chance } = this.#options;
    const others = this.#world.shards - 1;
    const home = oracle.first.placement.shardOf(actor);
    return (home + 1 + chance.below(others)) % this.#world.shards;
  }
}
