/**
 * What an account has traded under one fee schedule within the last days of log time, today's
 * included: days begin at midnight, UTC.
 *
 * The same units may be traded any number of times. More than there may be of an asset is counted
 * as that: no tier begins later, and a ledger field holds it.
 */
import { add, amountMax, feeVolumeDays, minimum } from "../../protocols/index.ts";
import type { Amount, TimeUs } from "../../protocols/index.ts";

const dayUs = 86_400_000_000;

export class TradedVolume {
  /** By day, oldest first, without those that were over when something was traded last. */
  #days: [day: number, volume: Amount][] = [];
  /** All of them together, seen on that day. */
  #sum: Amount = 0;
  #sumDay = 0;

  add(volume: Amount, timeUs: TimeUs): void {
    const day = dayOf(timeUs);
    this.#days = this.#days.filter(([known]) => counts(known, day));
    const last = this.#days.at(-1);
    if (last?.[0] === day) last[1] = sumOf(last[1], volume);
    else this.#days.push([day, volume]);
    this.#seeFrom(day);
  }

  at(timeUs: TimeUs): Amount {
    const day = dayOf(timeUs);
    if (day !== this.#sumDay) this.#seeFrom(day);
    return this.#sum;
  }

  #seeFrom(day: number): void {
    const counted = this.#days.filter(([known]) => counts(known, day));
    this.#sum = counted.reduce<Amount>((sum, [, volume]) => sumOf(sum, volume), 0);
    this.#sumDay = day;
  }

  snapshot(): SavedVolume {
    return this.#days.map(([day, volume]) => [day, volume] as const);
  }

  static restore(saved: SavedVolume): TradedVolume {
    const volume = new TradedVolume();
    volume.#days = saved.map(([day, traded]) => [day, traded]);
    return volume;
  }
}

function sumOf(a: Amount, b: Amount): Amount {
  return minimum(add(a, b), amountMax);
}

/** Days since the Unix epoch began. */
function dayOf(timeUs: TimeUs): number {
  return Math.floor(timeUs / dayUs);
}

function counts(day: number, today: number): boolean {
  return day > today - feeVolumeDays;
}

export type SavedVolume = readonly (readonly [day: number, volume: Amount])[];
