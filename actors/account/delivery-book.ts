/**
 * Delivery book: what one account may owe without having it, and what it has to do with trades on
 * delivery, of which each is settled by itself, goods against money.
 *
 * An uncovered order sets nothing aside: what it may cost is counted here against the permission,
 * and what it trades is owed until the account gives it, at the cut-off, out of what it has then.
 * The other party gives what it owes as it trades. Fees that nothing was there to be paid with, and
 * penalties, are dues: they are paid as soon as something is there.
 *
 * Only sums by asset: the clearing house knows of the single deliveries.
 *
 * Invariant: uncovered-within-permission.
 */
import { add, assert, Fields, hold, invariant, subtract, sumIn } from "../../protocols/index.ts";
import type { Amount, AssetId, DeliveryCall, OwingView } from "../../protocols/index.ts";

const withinPermission = invariant("uncovered-within-permission");

interface Entry {
  /** Units that may be owed and ordered. */
  limit: Amount;
  /** What uncovered orders that work may cost. */
  ordered: Amount;
  /** What trades owe that has not been given, */
  owed: Amount;
  /** and what has been given and not been exchanged. */
  given: Amount;
  dues: Amount;
}

type Sum = keyof Entry;
const sums: readonly Sum[] = ["limit", "ordered", "owed", "given", "dues"];

export class DeliveryBook {
  readonly #assets = new Map<AssetId, Entry>();
  /** While the account is audited: what those uncovered orders may cost that were counted. */
  readonly #counted = new Map<AssetId, Amount>();

  get isEmpty(): boolean {
    return this.#assets.size === 0;
  }

  of(asset: AssetId): Readonly<Entry> {
    return this.#assets.get(asset) ?? { limit: 0, ordered: 0, owed: 0, given: 0, dues: 0 };
  }

  #entry(asset: AssetId): Entry {
    const entry = this.#assets.get(asset) ?? { ...this.of(asset) };
    this.#assets.set(asset, entry);
    return entry;
  }

  #add(asset: AssetId, sum: Sum, units: Amount): void {
    const entry = this.#entry(asset);
    entry[sum] = add(entry[sum], units);
    assert(entry[sum] >= 0, "less than nothing is owed or given");
    if (sums.every((each) => entry[each] === 0)) this.#assets.delete(asset);
  }

  // ---- What may be owed --------------------------------------------------------------------

  permit(asset: AssetId, limit: Amount): void {
    this.#add(asset, "limit", subtract(limit, this.of(asset).limit));
  }

  /** What more may be ordered. */
  permitted(asset: AssetId): Amount {
    const { limit, ordered, owed } = this.of(asset);
    const left = subtract(limit, add(ordered, owed));
    return left < 0 ? 0 : left;
  }

  /** An uncovered order may cost more, or less when negative. */
  order(asset: AssetId, more: Amount): void {
    if (more > 0) hold(withinPermission, more <= this.permitted(asset));
    this.#add(asset, "ordered", more);
  }

  // ---- Trades on delivery ------------------------------------------------------------------

  /** An uncovered order has traded, of which `cost` was counted: so many units are owed. */
  owe(asset: AssetId, units: Amount, cost: Amount): void {
    this.#add(asset, "owed", units);
    this.#add(asset, "ordered", subtract(0, cost));
  }

  /** What a covered order has traded was given. */
  give(asset: AssetId, units: Amount): void {
    this.#add(asset, "given", units);
  }

  /** What was owed was given. */
  cover(asset: AssetId, units: Amount): void {
    this.#add(asset, "given", units);
    this.#add(asset, "owed", subtract(0, units));
  }

  /** What was given has gone to the other party. */
  deliver(asset: AssetId, units: Amount): void {
    this.#add(asset, "given", subtract(0, units));
  }

  /** Whether all trades have been heard of that a call is made of, beside what others hold. */
  hasHeardOf({ asset, given, owed }: DeliveryCall, heldByOthers: Amount): boolean {
    const known = this.of(asset);
    return add(heldByOthers, given) <= known.given && owed <= known.owed;
  }

  // ---- Dues --------------------------------------------------------------------------------

  charge(asset: AssetId, dues: Amount): void {
    this.#add(asset, "dues", dues);
  }

  paid(asset: AssetId, dues: Amount): void {
    this.#add(asset, "dues", subtract(0, dues));
  }

  // ---- Audit, questions and snapshot -------------------------------------------------------

  countOrdered(asset: AssetId, units: Amount): void {
    this.#counted.set(asset, add(this.#counted.get(asset) ?? 0, units));
  }

  /** Whether what was counted is what is ordered; begins to count anew. */
  agreesWithOrders(): boolean {
    const isSame = this.assets().every(
      (asset) => this.of(asset).ordered === (this.#counted.get(asset) ?? 0),
    );
    this.#counted.clear();
    return isSame;
  }

  /** By name. */
  assets(): readonly AssetId[] {
    return [...this.#assets.keys()].sort();
  }

  views(): readonly OwingView[] {
    return this.assets().map((asset) => {
      const { limit, ordered, owed, given, dues } = this.of(asset);
      return {
        ...{ asset, limit: String(limit), ordered: String(ordered), owed: String(owed) },
        ...{ given: String(given), dues: String(dues) },
      };
    });
  }

  /** By asset; as digits, for what is given may be more than there is. */
  snapshot(): SavedDeliveryBook {
    return this.assets().map((asset) => {
      const entry = this.of(asset);
      return [asset, ...sums.map((sum) => String(entry[sum]))] as const;
    });
  }

  restore(saved: SavedDeliveryBook): void {
    for (const [asset, ...digits] of saved) {
      const fields = new Fields(digits);
      for (const sum of sums) this.#add(asset, sum, sumIn(fields));
    }
  }
}

export type SavedDeliveryBook = readonly (readonly [AssetId, ...sums: string[]])[];
