/** How much each owner traded lately, by parts of a window: exact to the part. */
import { ofSymbol } from "./detector.ts";
import type { BySymbol } from "./detector.ts";
import type { OwnerName, TradeAct } from "./market-acts.ts";
import type { InstrumentSymbol, Lots, TimeUs } from "../../protocols/index.ts";

const parts = 10;

/** By part, the newest last. */
export type SavedVolume = [part: number, lots: Lots][];

export class OwnerVolumes {
  readonly saved: BySymbol<SavedVolume>;

  constructor(saved: BySymbol<SavedVolume> = new Map()) {
    this.saved = saved;
  }

  add(symbol: InstrumentSymbol, trade: TradeAct, windowUs: TimeUs): void {
    for (const { owner } of [trade.buy, trade.sell]) {
      const volume = this.#recent(symbol, owner, partOf(trade.at.timeUs, windowUs));
      const last = volume.at(-1);
      const part = partOf(trade.at.timeUs, windowUs);
      if (last?.[0] === part) last[1] += trade.quantity;
      else volume.push([part, trade.quantity]);
    }
  }

  of(symbol: InstrumentSymbol, owner: OwnerName, [timeUs, windowUs]: [TimeUs, TimeUs]): Lots {
    const volume = this.#recent(symbol, owner, partOf(timeUs, windowUs));
    return volume.reduce((sum, [, lots]) => sum + lots, 0);
  }

  #recent(symbol: InstrumentSymbol, owner: OwnerName, now: number): SavedVolume {
    const byOwner = ofSymbol(this.saved, symbol);
    const volume = (byOwner.get(owner) ?? []).filter(([part]) => part > now - parts);
    byOwner.set(owner, volume);
    return volume;
  }
}

function partOf(timeUs: TimeUs, windowUs: TimeUs): number {
  return Math.floor((timeUs * parts) / windowUs);
}
