/**
 * Node changes: engine nodes that come and go while all else goes on, one after the other, as
 * `./outcry node add` and `./outcry node remove` have them do. What fails is tried again: each step
 * is done where it is not done yet.
 */
import type { NodeId } from "../../../protocols/index.ts";
import type { Chance } from "../world/chance.ts";
import type { SimWorld } from "../world/sim-world.ts";
import type { EngineMachine } from "./engine-machine.ts";
import type { Operator } from "./operator.ts";
import type { SimCluster } from "./sim-cluster.ts";

const nodesMin = 2;
const nodesMax = 5;
/** Between two looks, and before the next attempt. */
const lookEveryMs = 250;
/** How often nobody hears the answer of a node that is asked whether it is there to be drained. */
const missed = 0.4;
/** A machine that was not heard as it was removed is stopped by somebody who finds it, later. */
const foundAfterMsMax = 12_000;

export class NodeChanges {
  readonly #world: SimWorld;
  readonly #cluster: SimCluster;
  readonly #chance: Chance;
  /** Between two changes on average. */
  readonly #pauseMs: number;
  #isGoing = false;
  #isUnderWay = false;

  constructor(cluster: SimCluster, chance: Chance) {
    this.#world = cluster.world;
    this.#cluster = cluster;
    this.#chance = chance;
    this.#pauseMs = chance.pick([500, 1500, 4000]);
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  begin(): void {
    this.#isGoing = true;
    this.#changeLater();
  }

  /** The last change goes on until it is done. */
  end(): void {
    this.#isGoing = false;
  }

  #changeLater(): void {
    this.#world.time.after(this.#chance.between(0, 2 * this.#pauseMs), () => {
      if (!this.#isGoing) return;
      this.#isUnderWay = true;
      void this.#change().then(() => {
        this.#isUnderWay = false;
        this.#changeLater();
      });
    });
  }

  async #change(): Promise<void> {
    if (!(await this.#operator.countsNodes())) return;
    const { engines } = this.#cluster;
    const adds = engines.length <= nodesMin || this.#chance.happens(0.5);
    if (adds && engines.length < nodesMax) await this.#add();
    else await this.#remove(this.#chance.pick(engines));
  }

  get #operator(): Operator {
    return this.#cluster.operator;
  }

  /** Another machine, or one that was there before; it follows all logs before it counts. */
  async #add(): Promise<void> {
    const { removed } = this.#cluster;
    const isBack = removed.length > 0 && this.#chance.happens(0.5);
    const engine = this.#cluster.addEngine(isBack ? this.#chance.pick(removed) : undefined);
    this.#world.tell(`node ${engine.name} is to be added`);
    while (!(await this.#operator.follows(engine.name))) await this.#pause();
    await this.#count((names) => (names.includes(engine.name) ? names : [...names, engine.name]));
    this.#world.tell(`node ${engine.name} is added`);
  }

  /** It is drained if anybody hears it, counts no more, and only then it stops. */
  async #remove(engine: EngineMachine): Promise<void> {
    this.#world.tell(`node ${engine.name} is to be removed`);
    const isMissed = this.#chance.happens(missed);
    let isHeard = !isMissed && (await this.#operator.hears(engine.name));
    while (isHeard && !(await this.#operator.instruct(engine, "drain"))) {
      await this.#pause();
      isHeard = await this.#operator.hears(engine.name);
    }
    await this.#count((names) => names.filter((name) => name !== engine.name));
    this.#cluster.removeEngine(engine);
    this.#world.time.after(isHeard ? 0 : this.#chance.between(0, foundAfterMsMax), () => {
      if (this.#cluster.removed.includes(engine)) engine.stopSurely();
    });
    this.#world.tell(`node ${engine.name} is removed`);
  }

  /** Has each log count other nodes, until all of them do. */
  async #count(change: (names: readonly NodeId[]) => readonly NodeId[]): Promise<void> {
    const names = this.#cluster.engines.map(({ name }) => name);
    while (!(await this.#operator.setNodes(names, change))) await this.#pause();
  }

  #pause(): Promise<void> {
    return this.#operator.pause(lookEveryMs);
  }
}
