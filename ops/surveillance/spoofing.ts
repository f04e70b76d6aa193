/**
 * Spoofing: a large order near the best price that is not meant to be executed is taken back soon
 * after an order of the same owner was executed on the other side.
 *
 * Commodity Exchange Act 4c(a)(5)(C): bidding or offering with the intent to cancel before
 * execution, and the CFTC's interpretive guidance of 2013; Regulation (EU) 596/2014 (MAR), article
 * 12(2)(c), and Delegated Regulation 2016/522, Annex II, section 1, "layering and spoofing".
 */
import type { InstrumentSymbol, Lots } from "../../protocols/index.ts";
import { Side } from "../../protocols/index.ts";
import {
  basisPointsOf,
  entryOf,
  forgetBefore,
  measureOf,
  microsPerSecond,
  ofSymbol,
  percentOf,
} from "./detector.ts";
import type { BySymbol, Detector, DetectorParts } from "./detector.ts";
import { accountsOf, episodeEvidence, Episodes } from "./episodes.ts";
import type { Episode, SavedEpisodes } from "./episodes.ts";
import type { LogPlace, MarketAct, OrderEntry, OwnerName } from "./market-acts.ts";
import type { TradeAct, WithdrawalAct } from "./market-acts.ts";
import { RecentExecutions } from "./recent-executions.ts";
import type { Execution } from "./recent-executions.ts";
import type { ParametersOf } from "./rule-parameters.ts";
import type { WatchedBook } from "./watched-book.ts";

const rule = "spoofing";
type Chosen = ParametersOf<typeof rule>;

/** What became of a part of a large order. */
interface LargeOrderEnd {
  readonly at: LogPlace;
  readonly withdrawn: Lots;
  readonly executed: Lots;
}

interface State {
  readonly executions: BySymbol<Execution[]>;
  readonly episodes: BySymbol<SavedEpisodes>;
  readonly largeOrders: BySymbol<LargeOrderEnd[]>;
}

export class Spoofing implements Detector {
  readonly state: State;
  readonly #parts: DetectorParts;
  readonly #executions: RecentExecutions;
  readonly #episodes: Episodes;

  constructor(
    parts: DetectorParts,
    state: State = { executions: new Map(), episodes: new Map(), largeOrders: new Map() },
  ) {
    this.#parts = parts;
    this.state = state;
    this.#executions = new RecentExecutions(state.executions);
    this.#episodes = new Episodes(state.episodes);
  }

  hear(act: MarketAct, { symbol }: WatchedBook): void {
    const chosen = this.#parts.settings.of(rule, symbol);
    if (act.kind === "traded") this.#traded(symbol, act, chosen);
    else if (act.kind === "withdrawn") this.#withdrawn(symbol, act, chosen);
  }

  #traded(symbol: InstrumentSymbol, act: TradeAct, chosen: Chosen): void {
    this.#executions.add(symbol, act, chosen.withdrawnWithinMs);
    for (const order of [act.buy, act.sell]) {
      if (!isLarge(order, order.quantity, chosen)) continue;
      const end = { at: act.at, withdrawn: 0, executed: act.quantity };
      this.#largeOrdersOf(symbol, [order.owner, act.at], chosen).push(end);
    }
  }

  #withdrawn(symbol: InstrumentSymbol, act: WithdrawalAct, chosen: Chosen): void {
    const { order, shown } = act;
    if (!isLarge(order, shown, chosen)) return;
    const ends = this.#largeOrdersOf(symbol, [order.owner, act.at], chosen);
    ends.push({ at: act.at, withdrawn: shown, executed: 0 });
    const executed = this.#executions.before(symbol, act, chosen.withdrawnWithinMs);
    if (executed === undefined || !mayBeMeant(act, chosen)) return;
    const isSmallBeside = shown >= chosen.executionMultiple * executed.quantity;
    if (!isSmallBeside || executed.imbalancePercent < chosen.imbalancePercentMin) return;
    const episode = this.#episodes.add(symbol, act, executed);
    if (episode === undefined) return;
    episode.isComplete = true;
    const { owner } = order;
    const window = [act.at.timeUs, chosen.windowSeconds] as const;
    const episodes = this.#episodes.complete(symbol, owner, window);
    if (episodes.length < chosen.episodesMin) return;
    const withdrawnPercent = withdrawnPercentOf(ends);
    if (withdrawnPercent < chosen.cancelPercentMin) return;
    this.#episodes.clear(symbol, owner);
    this.#parts.find({
      ...{ rule, symbol, at: act.at, parameters: chosen, owners: [owner] },
      accounts: accountsOf(episodes),
      measures: measureOf(rule, chosen, {
        ...{ episodesMin: episodes.length, cancelPercentMin: withdrawnPercent },
        ...measuresOf(episodes),
      }),
      evidence: episodeEvidence(episodes),
    });
  }

  /** What became of an owner's large orders lately. */
  #largeOrdersOf(
    symbol: InstrumentSymbol,
    [owner, { timeUs }]: readonly [OwnerName, LogPlace],
    chosen: Chosen,
  ): LargeOrderEnd[] {
    const ends = entryOf(ofSymbol(this.state.largeOrders, symbol), owner, noEnds);
    return forgetBefore(ends, timeUs - chosen.windowSeconds * microsPerSecond, ({ at }) => at);
  }
}

const noEnds = (): LargeOrderEnd[] => [];

function isLarge({ typicalQuantity }: OrderEntry, quantity: Lots, chosen: Chosen): boolean {
  return typicalQuantity > 0 && quantity >= chosen.sizeMultiple * typicalQuantity;
}

/** It stood near the market, not for long, and little was executed of it. */
function mayBeMeant(act: WithdrawalAct, chosen: Chosen): boolean {
  const { order, executed, at, since } = act;
  return (
    distanceOf(act) <= chosen.distanceBasisPointsMax &&
    at.timeUs - since.timeUs <= chosen.lifetimeSecondsMax * microsPerSecond &&
    executed * 100 <= chosen.executedPercentMax * order.quantity
  );
}

/** How far behind the best price of its side it stood, in basis points. */
function distanceOf({ order, price }: WithdrawalAct): number {
  const { touchPrice, side } = order;
  if (touchPrice === 0) return 0;
  const behind = side === Side.buy ? touchPrice - price : price - touchPrice;
  return basisPointsOf(Math.max(0, behind), touchPrice);
}

function withdrawnPercentOf(ends: readonly LargeOrderEnd[]): number {
  const withdrawn = ends.reduce((sum, end) => sum + end.withdrawn, 0);
  const executed = ends.reduce((sum, end) => sum + end.executed, 0);
  return percentOf(withdrawn, withdrawn + executed);
}

/** Of the episode that says least. */
function measuresOf(episodes: readonly Episode[]) {
  const withdrawals = episodes.flatMap((episode) => episode.withdrawals);
  const multiples = episodes.map(({ executions, withdrawals: [withdrawal] }) => {
    const quantity = executions.reduce((sum, { trade }) => sum + trade.quantity, 0);
    return Math.floor((withdrawal?.shown ?? 0) / quantity);
  });
  const sizes = withdrawals.map(({ order, shown }) => Math.floor(shown / order.typicalQuantity));
  const lifetimesUs = withdrawals.map(({ at, since }) => at.timeUs - since.timeUs);
  return {
    sizeMultiple: Math.min(...sizes),
    executionMultiple: Math.min(...multiples),
    distanceBasisPointsMax: Math.max(...withdrawals.map(distanceOf)),
    lifetimeSecondsMax: Math.ceil(Math.max(...lifetimesUs) / microsPerSecond),
    imbalancePercentMin: Math.min(...episodes.map(({ imbalancePercent }) => imbalancePercent)),
  };
}
