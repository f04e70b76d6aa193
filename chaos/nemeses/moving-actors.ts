/**
 * Accounts and books move from shard to shard, one after the other without a pause, and the engine
 * that emits a shard is killed in the middle of that.
 */
import { ClusterFault } from "../../cluster/faults.ts";
import { addressOfAccount, addressOfBook } from "../../protocols/actor-address.ts";
import type { ActorAddress } from "../../protocols/actor-address.ts";
import { governorShard } from "../../protocols/placement.ts";
import type { Nemesis } from "./fault.ts";
import { killProcess } from "./kill-process.ts";
import type { Target } from "./target.ts";

/** Fewer are no drill. */
const movesMin = 5;

export function movingActors(): Nemesis {
  return async (target) => {
    const kill = await killProcess("emitter")(target);
    const mover = new Mover(target, await actorsOf(target));
    return {
      what: `${kill.what}, while accounts and books moved`,
      shards: target.shards,
      untouched: [],
      async inject() {
        mover.start();
        await kill.inject();
      },
      async heal() {
        await kill.heal();
        await mover.stop();
        target.say(`${mover.count} actors moved, the slowest in ${Math.round(mover.slowestMs)} ms`);
      },
      inspect: () =>
        Promise.resolve(mover.count >= movesMin ? [] : [`only ${mover.count} actors moved`]),
    };
  };
}

async function actorsOf({ client }: Target): Promise<readonly ActorAddress[]> {
  const [accounts, instruments] = await Promise.all([
    client.ask(governorShard, "accounts", {}),
    client.ask(governorShard, "instruments", {}),
  ]);
  return [
    ...accounts.map(addressOfAccount),
    ...instruments.map(({ terms }) => addressOfBook(terms.symbol)),
  ];
}

class Mover {
  count = 0;
  slowestMs = 0;
  readonly #target: Target;
  readonly #actors: readonly ActorAddress[];
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(target: Target, actors: readonly ActorAddress[]) {
    this.#target = target;
    this.#actors = actors;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping && !this.#target.ended.aborted) {
      try {
        await this.#moveOne();
      } catch (error) {
        // The log that it goes into may have lost its leader.
        if (!(error instanceof ClusterFault)) throw error;
      }
    }
  }

  /** Somebody, to somewhere; where he lives already, or while another one is moving, he stays. */
  async #moveOne(): Promise<void> {
    const { client, random, shards } = this.#target;
    const actor = this.#actors[random.between(0, this.#actors.length - 1)];
    const shard = shards[random.between(0, shards.length - 1)];
    if (actor === undefined || shard === undefined) return;
    const beganAtMs = performance.now();
    const by = { author: "drill", reason: "moving-actors" };
    const [outcome] = await client.submit([{ kind: "place-actor", actor, shard, ...by }]);
    if (outcome?.kind !== "replied" || outcome.reply.rejectReason !== 0) return;
    this.count += 1;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - beganAtMs);
  }
}
