/**
 * Random but reproducible trading: places, cancels, replaces, mass cancels and now and then a halt,
 * with some commands sent twice and some that name nothing.
 */
import { OrderType, Side, TimeInForce } from "../../protocols/index.ts";
import type { AccountId, Command, InstrumentTerms, Lots, Ticks } from "../../protocols/index.ts";
import type { Random } from "./random.ts";

export interface WorkloadOptions {
  readonly accounts: readonly AccountId[];
  readonly instruments: readonly InstrumentTerms[];
  /** Around which prices move, in ticks. */
  readonly middle: Ticks;
  readonly quantityMax: Lots;
  /** Of a hundred commands, how many halt or resume something. */
  readonly haltPercent: number;
}

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
    return { kind: "cancel-all-orders", account, symbol };
  }

  #place(): Command {
    const random = this.#random;
    const account = random.pick(this.#options.accounts);
    const clientOrderId = `c${String(++this.#orderCount)}`;
    this.#named.push({ account, clientOrderId });
    const isMarket = random.isOneOf(15);
    return {
      kind: "place-order",
      account,
      clientOrderId,
      symbol: random.pick(this.#options.instruments).symbol,
      side: random.isOneOf(50) ? Side.buy : Side.sell,
      orderType: isMarket ? OrderType.market : OrderType.limit,
      timeInForce: isMarket || random.isOneOf(20) ? TimeInForce.IOC : TimeInForce.GTC,
      price: isMarket ? 0 : this.#price(),
      quantity: this.#quantity(),
    };
  }

  #cancel(): Command {
    return { kind: "cancel-order", ...this.#someOrder(), orderId: 0 };
  }

  #replace(): Command {
    const revision = this.#random.below(4);
    const terms = { price: this.#price(), quantity: this.#quantity(), revision };
    return { kind: "replace-order", ...this.#someOrder(), orderId: 0, ...terms };
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
