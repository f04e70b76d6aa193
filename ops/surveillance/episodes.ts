/**
 * Episodes of taking back orders after an execution on the other side, by owner: withdrawals that
 * follow the same execution are one episode, and count in one alert at most.
 */
import type { TradeId, InstrumentSymbol } from "../../protocols/index.ts";
import { entryEvidence, tradeEvidence, withdrawalEvidence } from "./alert.ts";
import type { Evidence } from "./alert.ts";
import { microsPerSecond, ofSymbol } from "./detector.ts";
import type { BySymbol } from "./detector.ts";
import type { OwnerName, WithdrawalAct } from "./market-acts.ts";
import { orderOn } from "./market-acts.ts";
import type { Executed, Execution } from "./recent-executions.ts";

export interface Episode {
  /** The first execution that it follows. */
  readonly tradeId: TradeId;
  executions: readonly Execution[];
  readonly withdrawals: WithdrawalAct[];
  imbalancePercent: number;
  /** The rule finds in it what it looks for. */
  isComplete: boolean;
}

export interface SavedEpisodes {
  episodes: Episode[];
  /** The latest execution of an episode that was alerted of. */
  alertedTradeId: TradeId;
}

export class Episodes {
  readonly saved: BySymbol<SavedEpisodes>;

  constructor(saved: BySymbol<SavedEpisodes> = new Map()) {
    this.saved = saved;
  }

  /** The episode that a withdrawal belongs to, with it; undefined if that is complete already. */
  add(
    symbol: InstrumentSymbol,
    withdrawal: WithdrawalAct,
    { executions, imbalancePercent }: Executed,
  ): Episode | undefined {
    const saved = this.#of(symbol, withdrawal.order.owner);
    const { tradeId } = executions[0].trade;
    if (tradeId === saved.alertedTradeId) return undefined;
    let episode = saved.episodes.findLast((known) => known.tradeId === tradeId);
    if (episode === undefined) {
      const withdrawals: WithdrawalAct[] = [];
      episode = { tradeId, executions, withdrawals, imbalancePercent, isComplete: false };
      saved.episodes.push(episode);
    }
    if (episode.isComplete) return undefined;
    episode.executions = executions;
    episode.withdrawals.push(withdrawal);
    return episode;
  }

  /** Those of a window that are complete; older ones are forgotten. */
  complete(
    symbol: InstrumentSymbol,
    owner: OwnerName,
    [timeUs, windowSeconds]: readonly [timeUs: number, windowSeconds: number],
  ): readonly Episode[] {
    const saved = this.#of(symbol, owner);
    const fromUs = timeUs - windowSeconds * microsPerSecond;
    saved.episodes = saved.episodes.filter(({ executions: [first] }) => {
      return first !== undefined && first.trade.at.timeUs >= fromUs;
    });
    return saved.episodes.filter(({ isComplete }) => isComplete);
  }

  /** They were alerted of: the next alert is of others. */
  clear(symbol: InstrumentSymbol, owner: OwnerName): void {
    const saved = this.#of(symbol, owner);
    saved.alertedTradeId = saved.episodes.at(-1)?.tradeId ?? saved.alertedTradeId;
    saved.episodes = [];
  }

  #of(symbol: InstrumentSymbol, owner: OwnerName): SavedEpisodes {
    const byOwner = ofSymbol(this.saved, symbol);
    let saved = byOwner.get(owner);
    if (saved === undefined) {
      saved = { episodes: [], alertedTradeId: 0 };
      byOwner.set(owner, saved);
    }
    return saved;
  }
}

/** How the orders came, what was executed meanwhile, and how they were taken back. */
export function episodeEvidence(episodes: readonly Episode[]): readonly Evidence[] {
  return episodes.flatMap(({ executions, withdrawals }) => [
    ...withdrawals.map(({ order }) => entryEvidence(order)),
    ...executions.flatMap(({ trade, side }) => [
      entryEvidence(orderOn(trade, side)),
      tradeEvidence(trade),
    ]),
    ...withdrawals.map(withdrawalEvidence),
  ]);
}

/** The owner's, not those it traded with. */
export function accountsOf(episodes: readonly Episode[]): readonly string[] {
  return episodes.flatMap(({ executions, withdrawals }) => [
    ...withdrawals.map(({ order }) => order.account),
    ...executions.map(({ trade, side }) => orderOn(trade, side).account),
  ]);
}
