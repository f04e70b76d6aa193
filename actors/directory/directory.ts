/**
 * Directory: what one shard knows of the venue: assets, instruments, and whether trading is halted
 * everywhere.
 *
 * The governor tells the directory of every shard; the shard's other actors look things up here and
 * never ask the governor. Learned only by messages, so every replica knows the same at the same
 * sequence.
 */
import {
  areTradingTermsSound,
  assert,
  Fields,
  fieldsOfTerms,
  isIntegerWithin,
  RejectReason,
  termsIn,
  tradingTermsOf,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AssetId,
  AssetView,
  DirectoryMessage,
  InstrumentSymbol,
  InstrumentTerms,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { RecentMap } from "../recent-map.ts";

export class Directory implements Actor<DirectoryMessage>, Venue {
  readonly #assets = new Map<AssetId, number>();
  readonly #instruments = new RecentMap<InstrumentSymbol, InstrumentTerms>();
  #isHalted = false;

  get isHalted(): boolean {
    return this.#isHalted;
  }

  instrument(symbol: InstrumentSymbol): InstrumentTerms | undefined {
    return this.#instruments.get(symbol);
  }

  /** In the order of listing. */
  instruments(): readonly InstrumentTerms[] {
    return [...this.#instruments.values()];
  }

  /** In the order of adding. */
  assets(): readonly AssetView[] {
    return [...this.#assets].map(([asset, decimals]) => ({ asset, decimals }));
  }

  receive(message: DirectoryMessage, context: ActorContext): void {
    switch (message.kind) {
      case "announce-asset":
        this.#assets.set(message.asset, message.decimals);
        return;
      case "announce-instrument":
        assert(!this.#instruments.has(message.terms.symbol), "an instrument was listed twice");
        this.#instruments.set(message.terms.symbol, message.terms);
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-venue-halt":
        this.#isHalted = message.isHalted;
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      default:
        unreachable(message);
    }
  }

  snapshot(): unknown {
    return [[...this.#assets], this.instruments().map(fieldsOfTerms), this.#isHalted];
  }

  static restore(data: unknown): Directory {
    const [assets, instruments, isHalted] = data as [[string, number][], unknown[][], boolean];
    const directory = new Directory();
    for (const [asset, decimals] of assets) directory.#assets.set(asset, decimals);
    for (const fields of instruments) {
      const terms = termsIn(new Fields(fields));
      directory.#instruments.set(terms.symbol, terms);
    }
    directory.#isHalted = isHalted;
    return directory;
  }
}

/** The widest fee a venue may charge: a tenth of the notional. */
const feeBasisPointsLimit = 1000;
const unitsPerLotMax = 2 ** 40;

/** Why terms could not be listed, as far as the terms alone can tell. */
export function whyNotList(terms: InstrumentTerms): RejectReason {
  const isSound =
    terms.base !== terms.quote &&
    isIntegerWithin(terms.baseUnitsPerLot, 1, unitsPerLotMax) &&
    isIntegerWithin(terms.quoteUnitsPerTickLot, 1, unitsPerLotMax) &&
    isIntegerWithin(terms.makerFeeBasisPoints, 0, feeBasisPointsLimit) &&
    isIntegerWithin(terms.takerFeeBasisPoints, 0, feeBasisPointsLimit) &&
    areTradingTermsSound(tradingTermsOf(terms));
  return isSound ? RejectReason.none : RejectReason["instrument-terms-invalid"];
}
