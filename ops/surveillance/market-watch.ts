/**
 * All of surveillance as one fold: shards are watched as they apply their logs, detectors hear what
 * their books do, and alerts come out.
 *
 * The alerts of a book follow from its log, the relations and the settings. Of different shards
 * every entry is to be applied after what brought it about: books move.
 */
import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import type { Shard } from "../../actors/index.ts";
import { alertOf } from "./alert.ts";
import type { Alert } from "./alert.ts";
import { BookWitness } from "./book-witness.ts";
import type { SavedMarket } from "./book-witness.ts";
import type { Detector } from "./detector.ts";
import { openDetector } from "./detectors.ts";
import type { Owners } from "./owners.ts";
import { ruleNames } from "./rule-parameters.ts";
import type { RuleName } from "./rule-parameters.ts";
import type { SurveillanceSettings } from "./surveillance-settings.ts";

export interface WatchParts {
  readonly settings: SurveillanceSettings;
  readonly owners: Owners;
  readonly alert: (alert: Alert) => void;
}

interface SavedWatch {
  readonly market: SavedMarket;
  readonly detectors: Readonly<Partial<Record<RuleName, unknown>>>;
}

/** What a state is made of changes with this number. */
const stateVersion = 2;

export class MarketWatch {
  readonly #parts: WatchParts;
  readonly #market: SavedMarket;
  readonly #detectors: ReadonlyMap<RuleName, Detector>;

  private constructor(parts: WatchParts, { market, detectors }: SavedWatch) {
    this.#parts = parts;
    this.#market = market;
    const { settings, alert } = parts;
    const find = (finding: Parameters<typeof alertOf>[0]) => alert(alertOf(finding));
    const wanted = ruleNames.filter((rule) => settings.isOn(rule));
    this.#detectors = new Map(
      wanted.map((rule) => [
        rule,
        openDetector[rule]({ settings, find }, detectors[rule] as never),
      ]),
    );
  }

  /** Of logs from their first entries on. */
  static begin(parts: WatchParts): MarketWatch {
    return new MarketWatch(parts, {
      market: { books: new Map(), orders: new Map() },
      detectors: {},
    });
  }

  /** As it was when it was saved, with the same relations and settings. */
  static restore(parts: WatchParts, bytes: Uint8Array): MarketWatch {
    return new MarketWatch(parts, deserialize(bytes) as SavedWatch);
  }

  save(): Uint8Array {
    const states = [...this.#detectors].map(([rule, { state }]) => [rule, state] as const);
    const saved: SavedWatch = { market: this.#market, detectors: Object.fromEntries(states) };
    return serialize(saved);
  }

  /** Whoever watches a shard for it, from the next entry that it applies on. */
  witnessOf(shard: Shard): BookWitness {
    return new BookWitness(shard, {
      saved: this.#market,
      owners: this.#parts.owners,
      hear: (act, book) => {
        for (const detector of this.#detectors.values()) detector.hear(act, book);
      },
    });
  }
}

/** What alerts follow from beside the logs: states of other ones are of no use. */
export function fingerprintOf({ settings, owners }: Omit<WatchParts, "alert">): string {
  const { instruments } = settings.choices;
  const chosen = ruleNames.map((rule) => [
    ...[rule, settings.isOn(rule), settings.of(rule)],
    Object.keys(instruments)
      .toSorted()
      .map((symbol) => [symbol, settings.of(rule, symbol)]),
  ]);
  const groups = owners.groups.map(({ name, members }) => [name, members.toSorted()]);
  const text = JSON.stringify([stateVersion, chosen, groups]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
