/**
 * Delivery: goods for money between one seller and one buyer, settled by itself because one of them
 * had not what it owes when it was traded.
 *
 * What has been given on both sides is exchanged in proportion; what is left is due again.
 *
 * Invariant: delivery-against-payment.
 */
import {
  add,
  assert,
  divideFloor,
  Fields,
  hold,
  invariant,
  minimum,
  multiply,
  subtract,
  sumIn,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  CivilDate,
  ClearTrade,
  DeliveryCall,
  DeliveryView,
  InstrumentSymbol,
  OnDelivery,
} from "../../protocols/index.ts";

const againstPayment = invariant("delivery-against-payment");

/** What changes hands at once. */
export interface Exchange {
  readonly goods: Amount;
  readonly money: Amount;
}

/** What of it never changes. */
interface Terms {
  readonly number: number;
  readonly symbol: InstrumentSymbol;
  readonly base: AssetId;
  readonly quote: AssetId;
  readonly seller: AccountId;
  readonly buyer: AccountId;
  /** When it was first to be settled. */
  readonly since: CivilDate;
}

/** What is left of it, and what of that has been given. */
interface Left {
  goods: Amount;
  money: Amount;
  goodsGiven: Amount;
  moneyGiven: Amount;
}

export class Delivery {
  readonly terms: Terms;
  readonly #left: Left;
  daysFailed = 0;
  /** Whether it was said that somebody is to be bought in. */
  isBuyIn = false;

  constructor(terms: Terms, left: Left) {
    this.terms = terms;
    this.#left = left;
  }

  /** As it is traded: what one party had not is still to be given. */
  static of(trade: ClearTrade, onDelivery: OnDelivery, number: number): Delivery {
    const { base, quote, seller, buyer, goods, money, date } = trade;
    const { symbol, isSellerUncovered, isBuyerUncovered } = onDelivery;
    const terms = { number, symbol, base, quote, seller, buyer, since: date };
    const goodsGiven = isSellerUncovered ? 0 : goods;
    return new Delivery(terms, {
      ...{ goods, money, goodsGiven },
      moneyGiven: isBuyerUncovered ? 0 : money,
    });
  }

  get seller(): AccountId {
    return this.terms.seller;
  }

  get buyer(): AccountId {
    return this.terms.buyer;
  }

  get base(): AssetId {
    return this.terms.base;
  }

  get quote(): AssetId {
    return this.terms.quote;
  }

  get symbol(): InstrumentSymbol {
    return this.terms.symbol;
  }

  get left(): Readonly<Left> {
    return this.#left;
  }

  get isSettled(): boolean {
    return this.#left.goods === 0;
  }

  /** By age, and then by who waits for the goods. */
  compare({ terms: other }: Delivery): number {
    const { terms } = this;
    if (terms.since !== other.since) return terms.since - other.since;
    if (terms.buyer !== other.buyer) return terms.buyer < other.buyer ? -1 : 1;
    if (terms.seller !== other.seller) return terms.seller < other.seller ? -1 : 1;
    return terms.number - other.number;
  }

  // ---- Given -------------------------------------------------------------------------------

  /** Whether another that comes later differs in nothing but how much it is of. */
  canTake(later: Delivery): boolean {
    const [a, b] = [this.terms, later.terms];
    return (
      this.daysFailed === 0 &&
      later.daysFailed === 0 &&
      a.symbol === b.symbol &&
      a.seller === b.seller &&
      a.buyer === b.buyer &&
      a.since === b.since &&
      this.#isSellerShort() === later.#isSellerShort() &&
      this.#isBuyerShort() === later.#isBuyerShort()
    );
  }

  take({ left }: Delivery): void {
    const own = this.#left;
    own.goods = add(own.goods, left.goods);
    own.money = add(own.money, left.money);
    own.goodsGiven = add(own.goodsGiven, left.goodsGiven);
    own.moneyGiven = add(own.moneyGiven, left.moneyGiven);
  }

  #isSellerShort(): boolean {
    return this.#left.goodsGiven < this.#left.goods;
  }

  #isBuyerShort(): boolean {
    return this.#left.moneyGiven < this.#left.money;
  }

  /** Who has not given what is owed, and of what so much. */
  shorts(): readonly { account: AccountId; asset: AssetId; units: Amount; waiting: AccountId }[] {
    const { seller, buyer, base, quote } = this.terms;
    const { goods, goodsGiven, money, moneyGiven } = this.#left;
    const ofSeller = { account: seller, asset: base, units: subtract(goods, goodsGiven) };
    const ofBuyer = { account: buyer, asset: quote, units: subtract(money, moneyGiven) };
    return [
      ...(this.#isSellerShort() ? [{ ...ofSeller, waiting: buyer }] : []),
      ...(this.#isBuyerShort() ? [{ ...ofBuyer, waiting: seller }] : []),
    ];
  }

  /** What an account has given and has yet to give. */
  callsOf(account: AccountId): readonly DeliveryCall[] {
    const { seller, buyer, base, quote } = this.terms;
    const { goods, goodsGiven: given, money, moneyGiven: paid } = this.#left;
    return [
      ...(account === seller ? [{ asset: base, given, owed: subtract(goods, given) }] : []),
      ...(account === buyer ? [{ asset: quote, given: paid, owed: subtract(money, paid) }] : []),
    ];
  }

  /** An account gives of what it owes for this. Returns what it has left. */
  give(account: AccountId, asset: AssetId, units: Amount): Amount {
    const { seller, buyer, base, quote } = this.terms;
    const own = this.#left;
    let left = units;
    if (account === seller && asset === base) {
      const given = minimum(left, subtract(own.goods, own.goodsGiven));
      own.goodsGiven = add(own.goodsGiven, given);
      left = subtract(left, given);
    }
    if (account === buyer && asset === quote) {
      const given = minimum(left, subtract(own.money, own.moneyGiven));
      own.moneyGiven = add(own.moneyGiven, given);
      left = subtract(left, given);
    }
    return left;
  }

  // ---- Exchanged ---------------------------------------------------------------------------

  /** Has as much change hands as both sides were given of; the payer keeps a broken unit. */
  exchange(): Exchange {
    const own = this.#left;
    const before = { ...own };
    assert(own.goods > 0, "a delivery is settled twice");
    const paidFor = divideFloor(multiply(own.goods, own.moneyGiven), own.money);
    const goods = minimum(own.goodsGiven, paidFor);
    const money = goods === own.goods ? own.money : this.#priceOf(goods);
    hold(againstPayment, goods <= own.goods && goods <= own.goodsGiven && money <= own.moneyGiven);
    hold(againstPayment, multiply(money, before.goods) <= multiply(goods, before.money));
    own.goods = subtract(own.goods, goods);
    own.money = subtract(own.money, money);
    own.goodsGiven = subtract(own.goodsGiven, goods);
    own.moneyGiven = subtract(own.moneyGiven, money);
    hold(againstPayment, (own.goods === 0) === (own.money === 0));
    return { goods, money };
  }

  /** What so many of the goods were traded for, rounded down. */
  #priceOf(goods: Amount): Amount {
    return divideFloor(multiply(this.#left.money, goods), this.#left.goods);
  }

  /** What was traded for units that were not given: of goods, or the money itself. */
  valueOf(asset: AssetId, units: Amount): Amount {
    return asset === this.terms.base ? this.#priceOf(units) : units;
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  view(date: CivilDate): DeliveryView {
    const { number: delivery, symbol, seller, buyer, since } = this.terms;
    const { goods, money, goodsGiven, moneyGiven } = this.#left;
    const { daysFailed, isBuyIn } = this;
    return {
      ...{ delivery, symbol, seller, buyer, since, date, daysFailed, isBuyIn },
      ...{ goods: String(goods), money: String(money) },
      ...{ goodsGiven: String(goodsGiven), moneyGiven: String(moneyGiven) },
    };
  }

  snapshot(): SavedDelivery {
    const { number, symbol, base, quote, seller, buyer, since } = this.terms;
    const { goods, money, goodsGiven, moneyGiven } = this.#left;
    const left = [goods, money, goodsGiven, moneyGiven].map(String);
    return [number, symbol, base, quote, seller, buyer, since, left, this.daysFailed, this.isBuyIn];
  }

  static restore(saved: SavedDelivery): Delivery {
    const fields = new Fields(saved);
    const terms = {
      ...{ number: fields.count(1), symbol: fields.symbol(), base: fields.asset() },
      ...{ quote: fields.asset(), seller: fields.account(), buyer: fields.account() },
      since: fields.count(),
    };
    const left = fields.fields();
    const delivery = new Delivery(terms, {
      ...{ goods: sumIn(left), money: sumIn(left) },
      ...{ goodsGiven: sumIn(left), moneyGiven: sumIn(left) },
    });
    delivery.daysFailed = fields.count();
    delivery.isBuyIn = fields.boolean();
    return delivery;
  }
}

export type SavedDelivery = readonly unknown[];
