/**
 * Obligations: what one account owes and is owed for trades that are not settled yet, by asset and
 * date. What it owes is taken from it when it trades; what it is owed it may use, but not withdraw.
 *
 * Only sums: the clearing house says which of them are settled when, and they are confirmed once
 * they are here, for the word of a trade may come after the word of its settlement.
 */
import { add, assert, Fields, subtract, sumIn } from "../../protocols/index.ts";
import type { Amount, AssetId, CivilDate, DatedLeg, SettlementLeg } from "../../protocols/index.ts";

type Sides = Pick<SettlementLeg, "deliver" | "receive">;

interface Bucket {
  deliver: Amount;
  receive: Amount;
  /** Of that, what rounds under way are to settle. */
  confirmed: Sides;
}

const nothing: Sides = { deliver: 0, receive: 0 };

export class Obligations {
  readonly #assets = new Map<AssetId, Map<CivilDate, Bucket>>();

  get isEmpty(): boolean {
    return this.#assets.size === 0;
  }

  traded(asset: AssetId, date: CivilDate, { deliver, receive }: Sides): void {
    const bucket = this.#bucket(asset, date);
    bucket.deliver = add(bucket.deliver, deliver);
    bucket.receive = add(bucket.receive, receive);
  }

  #bucket(asset: AssetId, date: CivilDate): Bucket {
    const dates = this.#assets.get(asset) ?? new Map<CivilDate, Bucket>();
    this.#assets.set(asset, dates);
    const bucket = dates.get(date) ?? { deliver: 0, receive: 0, confirmed: nothing };
    dates.set(date, bucket);
    return bucket;
  }

  /**
   * How much of what is available is there from a date on, whatever is settled when: the least that
   * there is on any date from then on, as far as trades say. From 0 on is at once.
   */
  usableFrom(date: CivilDate, asset: AssetId, available: Amount): Amount {
    const dates = [...(this.#assets.get(asset) ?? [])].filter(([due]) => due > date);
    let least = available;
    let later: Amount = 0;
    for (const [, { deliver, receive }] of dates.sort(([a], [b]) => b - a)) {
      // Before this date there is less by what comes on it and after it.
      later = add(later, subtract(receive, deliver));
      const before = subtract(available, later);
      if (before < least) least = before;
    }
    return least < 0 ? 0 : least;
  }

  /** Of all dates. */
  totalOf(asset: AssetId): Sides {
    let deliver: Amount = 0;
    let receive: Amount = 0;
    for (const bucket of this.#assets.get(asset)?.values() ?? []) {
      deliver = add(deliver, bucket.deliver);
      receive = add(receive, bucket.receive);
    }
    return { deliver, receive };
  }

  /** Whether all trades have been heard of that a leg is made of. */
  covers({ asset, deliver, receive }: SettlementLeg, date: CivilDate): boolean {
    const bucket = this.#assets.get(asset)?.get(date);
    if (bucket === undefined) return false;
    const { confirmed } = bucket;
    return (
      add(confirmed.deliver, deliver) <= bucket.deliver &&
      add(confirmed.receive, receive) <= bucket.receive
    );
  }

  /** A round is to settle a leg that it covers. */
  confirm({ asset, deliver, receive }: SettlementLeg, date: CivilDate): void {
    const bucket = this.#bucket(asset, date);
    bucket.confirmed = {
      deliver: add(bucket.confirmed.deliver, deliver),
      receive: add(bucket.confirmed.receive, receive),
    };
  }

  /** A leg that was confirmed is settled. */
  settle({ asset, deliver, receive }: SettlementLeg, date: CivilDate): void {
    const bucket = this.#bucket(asset, date);
    const { confirmed } = bucket;
    assert(confirmed.deliver >= deliver, "more is delivered than was confirmed");
    assert(confirmed.receive >= receive, "more is received than was confirmed");
    bucket.deliver = subtract(bucket.deliver, deliver);
    bucket.receive = subtract(bucket.receive, receive);
    bucket.confirmed = {
      deliver: subtract(confirmed.deliver, deliver),
      receive: subtract(confirmed.receive, receive),
    };
    if (bucket.deliver === 0 && bucket.receive === 0) this.#forget(asset, date);
  }

  #forget(asset: AssetId, date: CivilDate): void {
    const dates = this.#assets.get(asset);
    dates?.delete(date);
    if (dates?.size === 0) this.#assets.delete(asset);
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  assets(): Iterable<AssetId> {
    return this.#assets.keys();
  }

  /** By date and asset. */
  legs(): readonly DatedLeg[] {
    const legs = [...this.#assets].flatMap(([asset, dates]) =>
      [...dates].map(([date, { deliver, receive }]) => ({ asset, date, deliver, receive })),
    );
    return legs.sort((a, b) =>
      a.date === b.date ? (a.asset < b.asset ? -1 : 1) : a.date - b.date,
    );
  }

  /** By asset and date. */
  snapshot(): SavedObligations {
    const saved = [...this.#assets].flatMap(([asset, dates]) =>
      [...dates].map(([date, { deliver, receive, confirmed }]) => {
        const sums = [deliver, receive, confirmed.deliver, confirmed.receive];
        return [asset, date, ...sums.map(String)] as const;
      }),
    );
    return saved.sort(([a, early], [b, late]) => (a === b ? early - late : a < b ? -1 : 1));
  }

  restore(saved: SavedObligations): void {
    for (const [asset, date, ...sums] of saved) {
      const fields = new Fields(sums);
      this.traded(asset, date, { deliver: sumIn(fields), receive: sumIn(fields) });
      this.confirm({ asset, deliver: sumIn(fields), receive: sumIn(fields) }, date);
    }
  }
}

export type SavedObligations = readonly (readonly [
  AssetId,
  CivilDate,
  /** What it owes, what it is owed, and what of both is confirmed: digits. */
  ...sums: string[],
])[];
