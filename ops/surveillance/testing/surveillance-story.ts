/**
 * A story for surveillance in a trader's words: a venue with one instrument, of which a tick is a
 * basis point of its price, and people who place and cancel orders there.
 */
import type { ShardEntry } from "../../../actors/shard/step.ts";
import { tradingTermsIn } from "../../../actors/testing/instrument-words.ts";
import { orderIn } from "../../../actors/testing/order-words.ts";
import { TestVenue } from "../../../actors/testing/test-venue.ts";
import { unrevised } from "../../../protocols/index.ts";
import type { Quote } from "../../../protocols/index.ts";
import type { Alert } from "../alert.ts";
import { settingsIn } from "../surveillance-settings.ts";
import { alertsIn } from "./watch-logs.ts";
import type { Watching } from "./watch-logs.ts";

export const symbol = "APPLE-COIN";
const terms = {
  ...{ symbol, base: "APPLE", quote: "COIN", baseUnitsPerLot: 1, quoteUnitsPerTickLot: 1 },
  ...{ makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 },
};
const dayUs = 86_400_000_000;
const funds = { APPLE: 1_000_000_000, COIN: 1_000_000_000_000_000 };

interface NewTerms {
  readonly price: number;
  readonly quantity: number;
}

export interface StoryPlace {
  readonly shards?: number;
  /** How the instrument trades, in words; all day and night unless told. */
  readonly trading?: string;
}

export class SurveillanceStory {
  readonly venue: TestVenue;
  readonly #known = new Set<string>();

  constructor({ shards = 1, trading }: StoryPlace = {}) {
    const listed = trading === undefined ? terms : { ...terms, trading: tradingTermsIn(trading) };
    this.venue = new TestVenue(shards).list(listed);
  }

  get logs(): readonly (readonly ShardEntry[])[] {
    return this.venue.logs;
  }

  /** Somebody's account, at a participant of its own name unless told. */
  open(account: string, participant = ""): this {
    this.#known.add(account);
    this.venue.open(account, funds, participant);
    return this;
  }

  /** Each line is `<who> <order in words>` or `<who> cancels <order>`, one millisecond apart. */
  tell(...lines: readonly string[]): this {
    for (const line of lines) {
      const at = line.indexOf(" ");
      this.#say(line.slice(0, at), line.slice(at + 1));
      this.wait(1);
    }
    return this;
  }

  quote(account: string, quoteId: string, quote: Omit<Quote, "symbol">): this {
    this.#know(account);
    this.venue.do({ kind: "mass-quote", account, quoteId, quotes: [{ symbol, ...quote }] });
    return this.wait(1);
  }

  /** New terms for an order of that name. */
  replace(account: string, clientOrderId: string, terms: NewTerms): this {
    this.venue.do({
      ...{ kind: "replace-order", account, orderId: 0, clientOrderId, revision: 0 },
      ...{ ...terms, revised: unrevised },
    });
    return this.wait(1);
  }

  /** Log time passes. */
  wait(ms: number): this {
    this.venue.timeUs += ms * 1000;
    return this;
  }

  /** Until a time of the story's day, such as 22:40. */
  until(time: string): this {
    const [hours = 0, minutes = 0] = time.split(":").map(Number);
    const day = Math.floor(this.venue.timeUs / dayUs) * dayUs;
    this.venue.timeUs = day + (hours * 60 + minutes) * 60_000_000;
    return this;
  }

  /** Somebody notices, and whatever is due is done. */
  tick(): this {
    for (const shard of this.venue.shards.keys()) {
      this.venue.append(shard, "node-e1", [{ kind: "tick" }]);
    }
    this.venue.drain();
    return this;
  }

  /** Ordinary orders of so many lots, far from where anybody trades. */
  ordinary(quantity = 10): this {
    for (let order = 0; order < 20; order++) {
      this.tell(
        `maker buys ${quantity} @ ${8000 - order} as ordinary-${this.#known.size}-${order}`,
      );
    }
    return this;
  }

  alerts(watching: Watching = {}): readonly Alert[] {
    return alertsIn(this.logs, watching);
  }

  /** With other parameters of one rule. */
  alertsWith(rule: string, parameters: Readonly<Record<string, number>>): readonly Alert[] {
    return this.alerts({ settings: settingsIn({ rules: { [rule]: parameters } }) });
  }

  /** By rule. */
  rules(watching: Watching = {}): readonly string[] {
    return this.alerts(watching).map(({ rule }) => rule);
  }

  #say(account: string, words: string): void {
    this.#know(account);
    const { timeUs } = this.venue;
    if (words.startsWith("cancels ")) {
      const clientOrderId = words.slice("cancels ".length);
      this.venue.do({ kind: "cancel-order", account, orderId: 0, clientOrderId });
      return;
    }
    const order = orderIn(words, { account, symbol, timeUs });
    if (order === undefined) throw new Error(`no order: ${words}`);
    this.venue.do(order);
  }

  #know(account: string): void {
    if (!this.#known.has(account)) this.open(account);
  }
}

/** The figure that a rule held against that parameter. */
export function measured(alert: Alert | undefined, parameter: string): number | undefined {
  return alert?.measures.find((measure) => measure.parameter === parameter)?.measured;
}
