/**
 * Layering: orders at several prices of one side, taken back together after an order of the same
 * owner was executed on the other side.
 *
 * FINRA rule 5210, supplementary material .03(a); Delegated Regulation (EU) 2016/522, Annex II,
 * section 1, "layering and spoofing"; Regulation (EU) 596/2014 (MAR), article 12(2)(c).
 */
import type { InstrumentSymbol } from "../../protocols/index.ts";
import { measureOf, microsPerMs, microsPerSecond, ofSymbol } from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import { accountsOf, episodeEvidence, Episodes } from "./episodes.ts";
import type { Episode, SavedEpisodes } from "./episodes.ts";
import type { LogPlace, MarketAct, OwnerName, WithdrawalAct } from "./market-acts.ts";
import { RecentExecutions } from "./recent-executions.ts";
import type { Execution } from "./recent-executions.ts";
import type { ParametersOf } from "./rule-parameters.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "layering";
type Chosen = ParametersOf<typeof rule>;

interface State {
  readonly executions: BySymbol<Execution[]>;
  readonly episodes: BySymbol<SavedEpisodes>;
}

export class Layering implements Detector {
  readonly state: State;
  readonly #parts: DetectorParts;
  readonly #executions: RecentExecutions;
  readonly #episodes: Episodes;
  /** Whose episodes grew in this entry. */
  readonly #grown: BySymbol<Episode> = new Map();

  constructor(parts: DetectorParts, state: State = { executions: new Map(), episodes: new Map() }) {
    this.#parts = parts;
    this.state = state;
    this.#executions = new RecentExecutions(state.executions);
    this.#episodes = new Episodes(state.episodes);
  }

  hear(act: MarketAct, { symbol }: WatchedBook): void {
    const chosen = this.#parts.settings.of(rule, symbol);
    if (act.kind === "traded") this.#executions.add(symbol, act, chosen.withdrawnWithinMs);
    else if (act.kind === "withdrawn") this.#withdrawn(symbol, act, chosen);
    else if (act.kind === "step-ended") this.#look(symbol, act.at, chosen);
  }

  #withdrawn(symbol: InstrumentSymbol, act: WithdrawalAct, chosen: Chosen): void {
    const { order, executed, at, since } = act;
    if (at.timeUs - since.timeUs > chosen.lifetimeSecondsMax * microsPerSecond) return;
    if (executed * 100 > chosen.executedPercentMax * order.quantity) return;
    const before = this.#executions.before(symbol, act, chosen.withdrawnWithinMs);
    if (before === undefined || before.imbalancePercent < chosen.imbalancePercentMin) return;
    const episode = this.#episodes.add(symbol, act, before);
    if (episode !== undefined) ofSymbol(this.#grown, symbol).set(order.owner, episode);
  }

  /** All that the entry took back is there. */
  #look(symbol: InstrumentSymbol, at: LogPlace, chosen: Chosen): void {
    for (const [owner, episode] of this.#grown.get(symbol) ?? []) {
      episode.isComplete = isLayered(episode, chosen);
      if (episode.isComplete) this.#count(symbol, [owner, at], chosen);
    }
    this.#grown.delete(symbol);
  }

  #count(
    symbol: InstrumentSymbol,
    [owner, at]: readonly [OwnerName, LogPlace],
    chosen: Chosen,
  ): void {
    const window = [at.timeUs, chosen.windowSeconds] as const;
    const episodes = this.#episodes.complete(symbol, owner, window);
    if (episodes.length < chosen.episodesMin) return;
    this.#episodes.clear(symbol, owner);
    this.#parts.find({
      ...{ rule, symbol, at, parameters: chosen, owners: [owner] },
      accounts: accountsOf(episodes),
      measures: measureOf(rule, chosen, {
        episodesMin: episodes.length,
        levelsMin: Math.min(...episodes.map((episode) => togetherIn(episode, chosen).levels)),
        executionMultiple: Math.min(
          ...episodes.map((episode) => {
            return Math.floor(togetherIn(episode, chosen).shown / executedIn(episode));
          }),
        ),
        imbalancePercentMin: Math.min(...episodes.map(({ imbalancePercent }) => imbalancePercent)),
      }),
      evidence: episodeEvidence(episodes),
    });
  }
}

function isLayered(episode: Episode, chosen: Chosen): boolean {
  const { levels, shown } = togetherIn(episode, chosen);
  return levels >= chosen.levelsMin && shown >= chosen.executionMultiple * executedIn(episode);
}

/** What was taken back together with the last one. */
function togetherIn({ withdrawals }: Episode, { togetherMs }: Chosen) {
  const lastUs = withdrawals.at(-1)?.at.timeUs ?? 0;
  const together = withdrawals.filter(({ at }) => at.timeUs >= lastUs - togetherMs * microsPerMs);
  const levels = new Set(together.map(({ price }) => price)).size;
  return { levels, shown: together.reduce((sum, { shown }) => sum + shown, 0) };
}

function executedIn({ executions }: Episode): number {
  return executions.reduce((sum, { trade }) => sum + trade.quantity, 0);
}
