/**
 * A synthetic flow of commands: markets that wander, most orders near the middle and canceled
 * before they trade. The same on every machine. What it does not know is what became of its orders,
 * so it cancels and replaces some that are filled already, as customers do.
 */
import { SmallRandom } from "../../../actors/order-book/testing/small-random.ts";
import { OrderType, Side, TimeInForce, unrevised } from "../../../protocols/index.ts";
import type { OrderCommand, PlaceOrder } from "../../../protocols/index.ts";
import { plainOrder } from "./order-draft.ts";
import type { OrderDraft } from "./order-draft.ts";
import { specialCommand } from "./special-orders.ts";
import { accounts, symbols } from "./bench-venue.ts";

/** Plain orders only, or every kind of order and command. */
export type Mix = "plain" | "all";

/** About so many orders stand, of those that the flow still means to cancel. */
const standingOrders = 4_000;
/** Of all that is not plain, with the mix of all kinds: one in so many. */
const specialOneIn = 3;

export class OrderFlow {
  readonly #random = new SmallRandom(1);
  readonly #middles = symbols.map(() => 30_000);
  readonly #alive: PlaceOrder[] = [];
  readonly #mix: Mix;
  #names = 0;
  /** Whether the next command is about an order that stands. */
  #isChange = false;

  constructor(mix: Mix) {
    this.#mix = mix;
  }

  next(): OrderCommand {
    const isChange = this.#isChange && this.#alive.length > standingOrders;
    this.#isChange = !isChange;
    if (isChange) return this.#change();
    const draft = this.#draft();
    if (this.#mix === "all" && draft.random.oneIn(specialOneIn)) {
      const command = specialCommand(draft);
      if (command.kind === "place-order") this.#alive.push(command);
      return command;
    }
    return this.#place(draft);
  }

  #draft(): OrderDraft {
    const random = this.#random;
    const index = random.below(symbols.length);
    if (random.oneIn(4)) this.#middles[index]! += random.between(-1, 1);
    const middle = this.#middles[index]!;
    const side = random.oneIn(2) ? Side.buy : Side.sell;
    const distance = Math.min(random.below(60), random.below(60)) - 2;
    return {
      random,
      account: accounts[random.below(accounts.length)]!,
      symbol: symbols[index]!,
      side,
      middle,
      price: side === Side.buy ? middle - distance : middle + distance,
      quantity: random.between(1, 100),
      newName: () => `order-${(this.#names += 1).toString(36)}`,
    };
  }

  /** One in seven immediate, and one in fifty without a limit. */
  #place(draft: OrderDraft): PlaceOrder {
    const { random } = draft;
    if (random.oneIn(50)) {
      return plainOrder(draft, {
        orderType: OrderType.market,
        timeInForce: TimeInForce.IOC,
        price: 0,
      });
    }
    if (random.oneIn(7)) return plainOrder(draft, { timeInForce: TimeInForce.IOC });
    const order = plainOrder(draft);
    this.#alive.push(order);
    return order;
  }

  /** One in five a replace. */
  #change(): OrderCommand {
    const random = this.#random;
    const place = random.below(this.#alive.length);
    const chosen = this.#alive[place]!;
    const { account, clientOrderId, orderType } = chosen;
    const named = { account, orderId: 0, clientOrderId };
    if (random.oneIn(5) && orderType === OrderType.limit) {
      const price = chosen.price + random.between(-1, 1);
      const quantity = chosen.quantity + random.between(0, 1);
      this.#alive[place] = { ...chosen, price, quantity };
      return { kind: "replace-order", ...named, price, quantity, revision: 0, revised: unrevised };
    }
    this.#alive[place] = this.#alive[this.#alive.length - 1]!;
    this.#alive.pop();
    return { kind: "cancel-order", ...named };
  }
}
