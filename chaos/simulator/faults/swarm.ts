/**
 * The swarm: which faults befall a world, and how often. Each seed draws its own mix, so that some
 * worlds know one kind of trouble only, and much of it.
 *
 * Reference: Groce et al., "Swarm Testing" (2012).
 */
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";
import { diskFaults } from "./disk-faults.ts";
import type { Fault, Struck } from "./fault.ts";
import { logFaults } from "./log-faults.ts";
import { networkFaults } from "./network-faults.ts";
import { processFaults } from "./process-faults.ts";
import { serverFaults } from "./server-faults.ts";

export const allFaults: readonly Fault[] = [
  ...processFaults,
  ...serverFaults,
  ...networkFaults,
  ...diskFaults,
  ...logFaults,
];

export class Swarm {
  readonly #cluster: SimCluster;
  readonly #chance: Chance;
  readonly #faults: readonly Fault[];
  /** The pause between two of them on average. */
  readonly #pauseMs: number;
  readonly #lasting = new Set<Struck>();
  readonly #counts = new Map<string, number>();
  #isRaging = false;

  constructor(cluster: SimCluster) {
    this.#cluster = cluster;
    this.#chance = cluster.world.chance.branch("swarm");
    const share = this.#chance.between(0.1, 0.7);
    const drawn = allFaults.filter(() => this.#chance.happens(share));
    this.#faults = drawn.length > 0 ? drawn : [this.#chance.pick(allFaults)];
    this.#pauseMs = this.#chance.pick([300, 800, 2000, 5000]);
  }

  get names(): readonly string[] {
    return this.#faults.map(({ name }) => name);
  }

  /** How often each struck. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  rage(): void {
    this.#isRaging = true;
    this.#strikeLater();
  }

  /** Nothing more happens, and what lasts is over. */
  calm(): void {
    this.#isRaging = false;
    for (const struck of this.#lasting) struck.heal();
    this.#lasting.clear();
  }

  #strikeLater(): void {
    const pauseMs = -Math.log(1 - this.#chance.next()) * this.#pauseMs;
    this.#cluster.world.time.after(pauseMs, () => {
      if (!this.#isRaging) return;
      this.#strike(this.#chance.pick(this.#faults));
      this.#strikeLater();
    });
  }

  #strike(fault: Fault): void {
    const struck = fault.strike(this.#cluster, this.#chance);
    if (struck === undefined) return;
    const { time, trace } = this.#cluster.world;
    this.#counts.set(fault.name, (this.#counts.get(fault.name) ?? 0) + 1);
    trace.tell(time.nowMs, `! ${fault.name}: ${struck.what}`);
    if (struck.lastsMs === 0) return;
    this.#lasting.add(struck);
    time.after(struck.lastsMs, () => {
      if (!this.#lasting.delete(struck)) return;
      trace.tell(time.nowMs, `. ${fault.name}: ${struck.what}`);
      struck.heal();
    });
  }
}
