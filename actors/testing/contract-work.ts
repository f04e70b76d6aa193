/**
 * Random trading of contracts on a venue: a perpetual on what one instrument trades at and a future
 * whose index is published, by accounts of which all but one may trade them; some of what they have
 * is isolated, and gets more or less to itself.
 */
import { MarginMode } from "../../protocols/index.ts";
import type { AccountId, Command, PlaceOrder } from "../../protocols/index.ts";
import { applePerpetual, appleFuture } from "./contracts.ts";
import type { Random } from "./random.ts";
import type { TestVenue } from "./test-venue.ts";
import { Workload } from "./workload.ts";

const why = { author: "ops", reason: "test" };
const hourUs = 3_600_000_000;
/** How long the future lives. */
const lifeUs = 72 * hourUs;

function reducing(order: PlaceOrder): PlaceOrder {
  return { ...order, instructions: { ...order.instructions, isReduceOnly: true } };
}

export class ContractWork {
  readonly #random: Random;
  readonly #venue: TestVenue;
  readonly #accounts: readonly AccountId[];
  readonly #future: string;
  readonly #orders: Workload;
  /** By those who have positions. */
  #placed = 0;

  /** Lists the contracts, and lets all but the last trade them. */
  constructor(random: Random, venue: TestVenue, accounts: readonly AccountId[]) {
    this.#random = random;
    this.#venue = venue;
    this.#accounts = accounts;
    const future = appleFuture(venue.timeUs + lifeUs);
    this.#future = future.symbol;
    venue.open("fund", { COIN: 500 });
    venue.list(applePerpetual, future);
    for (const account of accounts.slice(0, -1)) {
      venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
    }
    for (const [index, account] of accounts.slice(0, -1).entries()) {
      const { symbol } = index % 2 === 0 ? applePerpetual : future;
      venue.do({ kind: "set-margin-mode", account, symbol, mode: MarginMode.isolated });
    }
    venue.do({ kind: "publish-index-price", symbol: this.#future, price: 50, ...why });
    const [first = "", second = ""] = accounts;
    this.#orders = new Workload(random, {
      ...{ accounts, related: [first, second], instruments: [applePerpetual, future] },
      ...{ middle: 50, quantityMax: 12, haltPercent: 0, timeUs: () => venue.timeUs },
    });
  }

  next(): Command {
    const random = this.#random;
    // Now and then fundings come, and in the end the future's expiry.
    if (random.isOneOf(4)) this.#venue.timeUs += random.below(90) * 60_000_000;
    const draw = random.below(100);
    if (draw < 3) return this.#let();
    if (draw < 15) return this.#publish();
    if (draw < 21) return this.#ask();
    return this.#reducing(this.#orders.next());
  }

  /** Of whoever has a position every other order there only reduces, or all orders of a list. */
  #reducing(command: Command): Command {
    if (command.kind !== "place-order" && command.kind !== "place-order-list") return command;
    const [first] = command.kind === "place-order" ? [command] : command.orders;
    if (first === undefined || !this.#hasPosition(first)) return command;
    this.#placed += 1;
    if (this.#placed % 2 === 0) return command;
    if (command.kind === "place-order") return reducing(command);
    return { ...command, orders: command.orders.map(reducing) };
  }

  #hasPosition({ account, symbol }: PlaceOrder): boolean {
    return this.#venue.shards.some((shard) =>
      shard
        .answer("positions", { account })
        ?.some((one) => one.symbol === symbol && one.lots !== 0),
    );
  }

  /** Whether somebody may, but for the last. */
  #let(): Command {
    const random = this.#random;
    const account = random.pick(this.#accounts.slice(0, -1));
    return { kind: "set-margin-account", account, isMargin: random.isOneOf(90), ...why };
  }

  /** What an account may ask for about its margin, as a rule where it has none. */
  #ask(): Command {
    const random = this.#random;
    const account = random.pick(this.#accounts);
    const symbol = random.isOneOf(50) ? this.#future : applePerpetual.symbol;
    if (random.isOneOf(50)) {
      const mode = random.isOneOf(70) ? MarginMode.isolated : MarginMode.cross;
      return { kind: "set-margin-mode", account, symbol, mode };
    }
    const kind = random.isOneOf(60) ? "add-margin" : "remove-margin";
    const reference = `m${String(random.below(1000))}`;
    return { kind, account, symbol, amount: random.below(60), reference };
  }

  /** As a rule close by, and at times so far away that somebody cannot pay. */
  #publish(): Command {
    const random = this.#random;
    const price = random.isOneOf(90) ? 45 + random.below(12) : random.below(400);
    return { kind: "publish-index-price", symbol: this.#future, price, ...why };
  }
}
