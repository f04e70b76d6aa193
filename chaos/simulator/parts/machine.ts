/**
 * A machine that runs one process of ours, and whoever watches over that: it is started again a
 * while after it died, unless it is held down.
 */
import type { ProcessClock, SimProcess } from "../world/sim-process.ts";
import type { SimWorld } from "../world/sim-world.ts";

const restartMsMin = 300;
const restartMsMax = 1500;

export abstract class Machine {
  readonly name: string;
  protected readonly world: SimWorld;
  #process: SimProcess | undefined;
  /** All that run: one that was taken for dead may go on. */
  readonly #alive = new Set<SimProcess>();
  #starts = 0;
  #isHeldDown = false;
  #isRetired = false;
  #clock: ProcessClock;

  constructor(world: SimWorld, name: string) {
    this.world = world;
    this.name = name;
    const chance = world.chance.branch(`clock of ${name}`);
    // As far apart as unsynchronised quartz and careless administrators leave them.
    const offsetMs = Math.round(chance.between(-5000, 5000));
    this.#clock = { offsetMs, rate: 1 + chance.between(-2e-4, 2e-4) };
  }

  get process(): SimProcess | undefined {
    return this.#process?.isDead === false ? this.#process : undefined;
  }

  get isRunning(): boolean {
    return this.process !== undefined;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** Whether nobody starts it again. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  start(): void {
    if (this.isRunning || this.#isHeldDown || this.#isRetired) return;
    this.#starts += 1;
    const name = `${this.name}.${String(this.#starts)}`;
    const process = this.world.newProcess(name, this.#clock);
    this.#process = process;
    this.#alive.add(process);
    this.world.tell(`start ${name}`);
    process.onDeath(() => this.#onDeath(process));
    this.run(process);
  }

  /**
   * Whoever watches takes a process that stands still for dead, and starts another one beside it.
   * Gives what has the first one go on.
   */
  double(): (() => void) | undefined {
    const first = this.process;
    if (first === undefined || first.isPaused) return undefined;
    first.pause();
    this.#process = undefined;
    this.start();
    return () => first.resume();
  }

  kill(): void {
    this.process?.kill();
  }

  holdDown(): void {
    this.#isHeldDown = true;
    for (const process of [...this.#alive]) process.kill();
  }

  letRun(): void {
    this.#isHeldDown = false;
    this.start();
  }

  /** From now on nobody watches over it: what runs goes on until it ends. */
  retire(): void {
    this.#isRetired = true;
  }

  /** The contrary. */
  enlist(): void {
    this.#isRetired = false;
    this.start();
  }

  /** Somebody sets its clock forward. It stays so for the processes to come. */
  jump(ms: number): void {
    this.#clock = { ...this.#clock, offsetMs: this.#clock.offsetMs + ms };
    for (const process of this.#alive) process.jump(ms);
  }

  /** Has a process of this machine be what it is to be. */
  protected abstract run(process: SimProcess): void;

  #onDeath(process: SimProcess): void {
    this.world.tell(`end ${process.name}`);
    this.#alive.delete(process);
    // Of two, the last counts.
    if (this.#process !== process) return;
    const pauseMs = this.world.chance.between(restartMsMin, restartMsMax);
    this.world.time.after(pauseMs, () => this.start());
  }
}

/** Rises with each start on one machine. */
export function epochOf(process: SimProcess): number {
  return Math.floor(process.nowMs());
}
