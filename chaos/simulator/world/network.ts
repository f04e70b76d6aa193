/**
 * The network between machines: each direction of each link can be cut, slow, and lose, double or
 * reorder what is on it.
 *
 * As over TCP, what one speaker sends to one listener arrives in order unless reordering is wished
 * for. That a link is cut is noticed by nobody at first: `isKnownCut` says what pings have found.
 */
import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What happens on the way. Probabilities are of each message on each link. */
export interface Weather {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  readonly lost: number;
  readonly doubled: number;
  readonly reordered: number;
}

export const calmWeather: Weather = {
  delayMsMin: 0.05,
  delayMsMax: 0.5,
  lost: 0,
  doubled: 0,
  reordered: 0,
};

export interface Parcel {
  /** The machines that it passes, from the first to the last. */
  readonly path: readonly string[];
  /** Parcels of one name arrive in the order in which they were sent. */
  readonly order: string;
  /** Called as it arrives; twice when it was doubled. */
  readonly deliver: () => void;
  /** Only a cut keeps it from arriving, once and in order. */
  readonly isSure?: boolean;
}

/** After so long without a sign of life a link counts as cut. */
const noticedAfterMs = 2500;
/** A parcel that is overtaken is late by as much as this. */
const overtakenMsMax = 40;

export class Network {
  weather: Weather = calmWeather;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  /** Since when which direction is cut, by its two ends. */
  readonly #cut = new Map<string, number>();
  /** When the last parcel of a name arrives. */
  readonly #arrivals = new Map<string, number>();
  #lost = 0;

  constructor(time: VirtualTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
  }

  /** Parcels that never arrived. */
  get lostCount(): number {
    return this.#lost;
  }

  send({ path, order, deliver, isSure = false }: Parcel): void {
    const { lost, doubled, reordered } = isSure ? calmWeather : this.weather;
    const delayMs = this.#delayOf(path, lost);
    if (delayMs === undefined) {
      this.#lost += 1;
      return;
    }
    const atMs = this.#time.nowMs + delayMs;
    const isOvertaken = this.#chance.happens(reordered);
    const arrivesAtMs = isOvertaken
      ? atMs + this.#chance.between(0, overtakenMsMax)
      : Math.max(atMs, this.#arrivals.get(order) ?? 0);
    if (!isOvertaken) this.#arrivals.set(order, arrivesAtMs);
    this.#time.after(arrivesAtMs - this.#time.nowMs, deliver);
    if (!this.#chance.happens(doubled)) return;
    const againMs = arrivesAtMs + this.#chance.between(0, overtakenMsMax);
    this.#time.after(againMs - this.#time.nowMs, deliver);
  }

  /** Undefined when it is lost on the way. */
  #delayOf(path: readonly string[], lost: number): number | undefined {
    const { delayMsMin, delayMsMax } = this.weather;
    let delayMs = 0;
    for (let hop = 1; hop < path.length; hop++) {
      const [from, to] = [path[hop - 1]!, path[hop]!];
      if (from === to) continue;
      if (this.#cut.has(linkOf(from, to)) || this.#chance.happens(lost)) return undefined;
      delayMs += this.#chance.between(delayMsMin, delayMsMax);
    }
    return delayMs;
  }

  /** One direction only; nothing on its way already is lost. */
  cut(from: string, to: string): void {
    const link = linkOf(from, to);
    if (!this.#cut.has(link)) this.#cut.set(link, this.#time.nowMs);
  }

  join(from: string, to: string): void {
    this.#cut.delete(linkOf(from, to));
  }

  joinAll(): void {
    this.#cut.clear();
  }

  isCut(from: string, to: string): boolean {
    return this.#cut.has(linkOf(from, to));
  }

  /** Whether either end has noticed by now that they do not hear each other. */
  isKnownCut(a: string, b: string): boolean {
    const nowMs = this.#time.nowMs;
    return [linkOf(a, b), linkOf(b, a)].some((link) => {
      const sinceMs = this.#cut.get(link);
      return sinceMs !== undefined && nowMs - sinceMs >= noticedAfterMs;
    });
  }
}

function linkOf(from: string, to: string): string {
  return `${from}>${to}`;
}
