/**
 * Whether a process has started, does its work, and lives, as whoever watches over it asks: the
 * startup, readiness and liveness probes of Kubernetes have one answer each.
 *
 * Not ready is for others to look at, and passes by itself or by what an operator does. Not live
 * means that a restart would help and nothing else.
 */
export const healthStates = ["started", "ready", "live"] as const;

export type HealthState = (typeof healthStates)[number];

export interface HealthReport extends Readonly<Record<HealthState, boolean>> {
  /** What keeps it from being ready or live, each in words. */
  readonly problems: readonly string[];
}

/** Says what is wrong, each in words; nothing when all is well. */
export type Examination = () => readonly string[];

export class Health {
  #phase: "starting" | "running" | "stopping" = "starting";
  readonly #ready: Examination[] = [];
  readonly #live: Examination[] = [];

  /** It does its work unless this finds something. */
  readyUnless(examination: Examination): void {
    this.#ready.push(examination);
  }

  /** It lives unless this finds something that a restart would mend. */
  liveUnless(examination: Examination): void {
    this.#live.push(examination);
  }

  started(): void {
    if (this.#phase === "starting") this.#phase = "running";
  }

  stopping(): void {
    this.#phase = "stopping";
  }

  report(): HealthReport {
    const dead = this.#live.flatMap((examination) => examination());
    const unready = this.#ready.flatMap((examination) => examination());
    const phase = this.#phase;
    const isReady = phase === "running" && unready.length === 0 && dead.length === 0;
    return {
      started: phase !== "starting",
      ready: isReady,
      live: dead.length === 0,
      problems: [...(phase === "running" ? [] : [`it is ${phase}`]), ...unready, ...dead],
    };
  }
}
