/**
 * Random but reproducible trading: orders of every kind, lists, quotes, cancels, replaces, mass
 * cancels and now and then a halt, with some commands sent twice and some that name nothing.
 */
import {
  anySide,
  asItIs,
  CancelFailure,
  ListType,
  OrderType,
  plainInstructions,
  PostOnly,
  SelfTradePrevention,
  Side,
  ticksMax,
  TimeInForce,
  unrevised,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Command,
  InstrumentTerms,
  Lots,
  PlaceOrder,
  RevisedInstructions,
  Ticks,
  TimeUs,
} from "../../protocols/index.ts";
import type { Random } from "./random.ts";
import { randomTerms } from "./random-order.ts";

export interface WorkloadOptions {
  readonly accounts: readonly AccountId[];
  /** Two of one participant: the first orders are theirs, and transferred before anybody trades. */
  readonly related: readonly [AccountId, AccountId];
  readonly instruments: readonly InstrumentTerms[];
  /** Around which prices move, in ticks. */
  readonly middle: Ticks;
  readonly quantityMax: Lots;
  /** Of a hundred commands, how many halt or resume something. */
  readonly haltPercent: number;
  /** The time of the log. */
  readonly timeUs: () => TimeUs;
}

/** How many orders the two that are related begin with. */
const transfersAtFirst = 6;

const anyPrice = { priceMin: 0, priceMax: ticksMax } as const;

export class Workload {
  readonly #random: Random;
  readonly #options: WorkloadOptions;
  readonly #sent: Command[] = [];
  readonly #named: { readonly account: AccountId; readonly clientOrderId: string }[] = [];
  readonly #halted = new Set<string>();
  #orderCount = 0;

  constructor(random: Random, options: WorkloadOptions) {
    this.#random = random;
    this.#options = options;
  }

  next(): Command {
    const command = this.#choose();
    this.#sent.push(command);
    return command;
  }

  #choose(): Command {
    const random = this.#random;
    if (this.#orderCount < transfersAtFirst) return this.#transfer();
    // What is halted is resumed soon, so that trading goes on.
    if (this.#halted.size > 0 && random.isOneOf(10)) return this.#intervene();
    const dice = random.below(100);
    if (dice < 4 && this.#sent.length > 0) return this.#recent(this.#sent);
    if (dice < 4 + this.#options.haltPercent) return this.#intervene();
    if (dice < 58) return this.#place();
    if (dice < 76) return this.#cancel();
    if (dice < 97) return this.#replace();
    const account = random.pick(this.#options.accounts);
    const symbol = random.isOneOf(50) ? "" : random.pick(this.#options.instruments).symbol;
    return { kind: "cancel-all-orders", account, symbol, side: anySide, ...anyPrice };
  }

  #place(): Command {
    const random = this.#random;
    if (random.isOneOf(4)) return this.#placeList();
    if (random.isOneOf(3)) return this.#quote();
    if (random.isOneOf(3)) return this.#cancelAndPlace();
    const account = random.pick(this.#options.accounts);
    return this.#order(account, random.pick(this.#options.instruments).symbol);
  }

  #order(account: AccountId, symbol: string): PlaceOrder {
    const random = this.#random;
    const clientOrderId = `c${String(++this.#orderCount)}`;
    this.#named.push({ account, clientOrderId });
    const terms = randomTerms({
      random,
      price: () => this.#price(),
      quantity: () => this.#quantity(),
      timeUs: this.#options.timeUs(),
    });
    const side = random.isOneOf(50) ? Side.buy : Side.sell;
    return { kind: "place-order", account, clientOrderId, symbol, side, ...terms };
  }

  /** Sells, then buys, at a price at which the two meet. */
  #transfer(): PlaceOrder {
    const { instruments, middle, related } = this.#options;
    const isBuy = this.#orderCount % 2 === 1;
    const { symbol } = instruments[(this.#orderCount >> 1) % instruments.length]!;
    const order = this.#order(related[isBuy ? 1 : 0], symbol);
    return {
      ...order,
      ...{ side: isBuy ? Side.buy : Side.sell, price: middle, quantity: this.#quantity() },
      ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
      instructions: {
        ...plainInstructions,
        selfTradePrevention: SelfTradePrevention.transfer,
      },
    };
  }

  /** As a rule a sound one. */
  #placeList(): Command {
    const random = this.#random;
    const account = random.pick(this.#options.accounts);
    const { symbol } = random.pick(this.#options.instruments);
    const listType = random.below(3) as ListType;
    const count = listType === ListType.OTOCO ? 3 : 2;
    const orders = Array.from({ length: count }, () => this.#order(account, symbol));
    if (random.isOneOf(10)) return { kind: "place-order-list", account, listType, orders };
    const pair = listType === ListType.OTO ? [] : orders.slice(-2);
    const quantity = this.#quantity();
    const side = random.isOneOf(50) ? Side.buy : Side.sell;
    const sound = orders.map((order) => {
      const timeInForce = TimeInForce.GTC;
      const limit = { ...order, orderType: OrderType.limit, timeInForce, price: this.#price() };
      const plain: PlaceOrder = { ...limit, instructions: plainInstructions, quantity };
      if (!pair.includes(order)) return plain;
      // The first may wait, too, and be set off as it comes, or end as it comes.
      if (order === pair[1] || random.isOneOf(40)) return this.#waiting({ ...plain, side });
      return { ...plain, side, ...this.#ending() };
    });
    return { kind: "place-order-list", account, listType, orders: sound };
  }

  /** What may end a limit order as it comes, as a rule nothing. */
  #ending(): Partial<PlaceOrder> {
    const { reject } = PostOnly;
    const { cancelNewest } = SelfTradePrevention;
    switch (this.#random.below(10)) {
      case 0:
        return { timeInForce: TimeInForce.FOK };
      case 1:
        return { instructions: { ...plainInstructions, postOnly: reject } };
      case 2:
        return { instructions: { ...plainInstructions, selfTradePrevention: cancelNewest } };
      default:
        return {};
    }
  }

  #waiting(order: PlaceOrder): PlaceOrder {
    const instructions = { ...plainInstructions, triggerPrice: this.#price() };
    const orderType = this.#random.pick([OrderType.stopLimit, OrderType.takeProfitLimit]);
    return { ...order, orderType, instructions };
  }

  #quote(): Command {
    const random = this.#random;
    const account = random.pick(this.#options.accounts);
    const bidPrice = this.#price();
    const quote = {
      symbol: random.pick(this.#options.instruments).symbol,
      bidPrice,
      bidQuantity: random.isOneOf(80) ? this.#quantity() : 0,
      askPrice: bidPrice + 1 + random.below(5),
      askQuantity: random.isOneOf(80) ? this.#quantity() : 0,
    };
    const quoteId = `q${String(++this.#orderCount)}`;
    return { kind: "mass-quote", account, quoteId, quotes: [quote] };
  }

  #cancelAndPlace(): Command {
    const random = this.#random;
    const { account, clientOrderId } = this.#someOrder();
    return {
      kind: "cancel-and-place",
      account,
      orderId: 0,
      clientOrderId,
      ifCancelFails: random.isOneOf(50) ? CancelFailure.stop : CancelFailure.place,
      order: this.#order(account, random.pick(this.#options.instruments).symbol),
    };
  }

  #cancel(): Command {
    return { kind: "cancel-order", ...this.#someOrder(), orderId: 0 };
  }

  #replace(): Command {
    const revision = this.#random.below(4);
    const terms = { price: this.#price(), quantity: this.#quantity(), revision };
    const named = { ...this.#someOrder(), orderId: 0 };
    const revised = this.#random.isOneOf(20) ? this.#revised() : unrevised;
    return { kind: "replace-order", ...named, ...terms, revised };
  }

  #revised(): RevisedInstructions {
    const random = this.#random;
    return {
      ...unrevised,
      displayQuantity: random.isOneOf(30) ? 1 + random.below(5) : asItIs,
      triggerPrice: random.isOneOf(30) ? this.#price() : asItIs,
      pegOffset: random.isOneOf(30) ? random.below(4) : asItIs,
      mustKeepPriority: random.isOneOf(20),
    };
  }

  /** An order that was placed lately, or one that never was. */
  #someOrder(): { readonly account: AccountId; readonly clientOrderId: string } {
    if (this.#named.length === 0 || this.#random.isOneOf(2)) {
      return { account: this.#random.pick(this.#options.accounts), clientOrderId: "nobody" };
    }
    return this.#recent(this.#named);
  }

  #intervene(): Command {
    const random = this.#random;
    const [halted] = this.#halted;
    const anything = random.isOneOf(30) ? "" : random.pick(this.#options.instruments).symbol;
    const symbol = halted ?? anything;
    if (this.#halted.delete(symbol)) {
      return { kind: "resume-trading", symbol, author: "ops", reason: "test" };
    }
    this.#halted.add(symbol);
    return { kind: "halt-trading", symbol, author: "ops", reason: "test" };
  }

  #recent<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items.slice(-20));
  }

  #price(): Ticks {
    return this.#options.middle - 6 + this.#random.below(13);
  }

  #quantity(): Lots {
    return 1 + this.#random.below(this.#options.quantityMax);
  }
}
