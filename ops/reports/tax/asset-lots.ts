/**
 * The lots of one asset, and what people say of them: refuses what cannot be true.
 *
 * All lots of an asset cost one currency. An account that bought it for two, or paid with it, has
 * gains that need prices which the exchange does not know: nothing is told of that asset then.
 */
import { unitsOf } from "../../../clients/sdk/instrument-units.ts";
import type { AssetId, TimeUs } from "../../../protocols/index.ts";
import { ReportFault } from "../report-fault.ts";
import type { VenueUnits } from "../venue-units.ts";
import type { LotMethod } from "./lot.ts";
import { LotBook } from "./lot-book.ts";
import type { ClosedPart, NamedPart } from "./lot-book.ts";
import type { LotBasis, LotChoice } from "./lot-files.ts";

/** What comes. */
export interface Arrival {
  readonly name: string;
  readonly timeUs: TimeUs;
  readonly quantity: bigint;
  /** undefined where it was no trade. */
  readonly cost: bigint | undefined;
}

/** What goes. */
export interface Departure {
  readonly name: string;
  readonly timeUs: TimeUs;
  readonly quantity: bigint;
  /** undefined where it was no sale. */
  readonly proceeds: bigint | undefined;
  readonly method: LotMethod;
  readonly choices: readonly LotChoice[];
}

export class AssetLots {
  readonly asset: AssetId;
  readonly book = new LotBook();
  /** Whether the account has traded it, and not only paid with it. */
  isTraded = false;
  /** Why nothing can be told of it; "" while something can. */
  trouble = "";
  #currency: AssetId | undefined;
  /** Lots that were named for a disposal and that there were not. */
  readonly #missing = new Map<string, LotChoice>();
  readonly #units: VenueUnits;

  constructor(asset: AssetId, units: VenueUnits) {
    this.asset = asset;
    this.#units = units;
  }

  /** In which its lots are counted; undefined while nothing says so. */
  get currency(): AssetId | undefined {
    return this.#currency;
  }

  /** It is bought, sold or valued in this currency. */
  countIn(currency: AssetId): void {
    this.#currency ??= currency;
    if (this.#currency === currency) return;
    this.trouble = `${this.asset} has lots in ${this.#currency} and in ${currency}`;
  }

  arrive(arrival: Arrival, basis: LotBasis | undefined): void {
    const { name, timeUs, quantity } = arrival;
    const early = this.#missing.get(name);
    if (early !== undefined) {
      const message = `${early.where}: lot ${name} was acquired later than ${early.disposal}`;
      throw new ReportFault("lot-acquired-later", message);
    }
    const acquiredUs = basis?.acquiredUs ?? timeUs;
    if (basis !== undefined && acquiredUs > timeUs) {
      const message = `${basis.where}: lot ${name} arrived before it is said to be acquired`;
      throw new ReportFault("acquired-after-arrival", message);
    }
    const cost = basis === undefined ? arrival.cost : this.#costIn(basis);
    this.book.acquire({ name, acquiredUs, quantity, cost });
  }

  /** Throws `ReportFault` where there is less than goes. */
  leave(departure: Departure): readonly ClosedPart[] {
    const { name, quantity, proceeds, method } = departure;
    const named = this.#named(departure);
    const closed = this.book.dispose({ quantity, proceeds, method, named });
    if (closed !== undefined) return closed;
    const message = `${name} disposes of more ${this.asset} than was acquired`;
    throw new ReportFault("lots-differ", message);
  }

  /** What was named and never came. */
  checkChoices(): void {
    for (const { where, lot } of this.#missing.values()) {
      throw new ReportFault("lot-unknown", `${where}: there is no lot ${lot} of ${this.asset}`);
    }
  }

  #costIn({ where, cost, currency }: LotBasis): bigint {
    this.countIn(currency);
    const units = unitsOf(cost, this.#units.decimalsOf(currency));
    if (units !== undefined && units >= 0) return BigInt(units);
    const message = `${where}: ${JSON.stringify(cost)} is no amount of ${currency}`;
    throw new ReportFault("value-wrong", message);
  }

  #named({ name, quantity, method, choices }: Departure): readonly NamedPart[] {
    const [first] = choices;
    if (first === undefined) return [];
    if (method !== "specific") {
      const message = `${first.where}: lots of ${name} are not named, but by the method ${method}`;
      throw new ReportFault("method-of-the-past", message);
    }
    let left = quantity;
    return choices.flatMap((choice): NamedPart[] => {
      const lot = this.book.find(choice.lot);
      if (lot === undefined) {
        this.#missing.set(choice.lot, choice);
        return [];
      }
      const part = this.#quantityIn(choice);
      if (part > lot.quantity) {
        const has = this.#units.quantityText(this.asset, lot.quantity);
        const message = `${choice.where}: of lot ${choice.lot} ${has} ${this.asset} are left`;
        throw new ReportFault("lot-exceeded", message);
      }
      left -= part;
      if (left < 0n) {
        const message = `${choice.where}: more ${this.asset} is named than ${name} disposes of`;
        throw new ReportFault("disposal-exceeded", message);
      }
      return [{ lot, quantity: part }];
    });
  }

  #quantityIn({ where, quantity }: LotChoice): bigint {
    const units = unitsOf(quantity, this.#units.decimalsOf(this.asset));
    if (units !== undefined && units > 0) return BigInt(units);
    const message = `${where}: ${JSON.stringify(quantity)} is no quantity of ${this.asset}`;
    throw new ReportFault("value-wrong", message);
  }
}
