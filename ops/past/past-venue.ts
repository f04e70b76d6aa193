/**
 * A venue as it was at a place in its past: each of its shards as far as somebody asks for it.
 *
 * A moment is a place in every log. What one shard had sent another by then, and the other one had
 * not heard, is in neither: books and accounts that moved are followed, and one that was just
 * moving is said to be on its way. An entry is a place in one log, which tells of that shard alone.
 */
import type { Shard } from "../../actors/index.ts";
import {
  addressOfAccount,
  addressOfBook,
  feeAccountOf,
  governorShard,
  shardOfId,
} from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  BalanceView,
  DepthView,
  DisplayedOrdersView,
  InstrumentSymbol,
  InstrumentView,
  OrderView,
  ShardId,
  TradeView,
} from "../../protocols/index.ts";
import { PastFault } from "./past-fault.ts";
import type { PastPlace } from "./past-place.ts";
import type { PastShard, PastShardReport } from "./past-shard.ts";

/** How an order is asked for: by the exchange's number, or by its owner's name for it. */
export type PastOrderName = { readonly orderId: number } | { readonly clientOrderId: string };

export interface PastVenueOptions {
  readonly place: PastPlace;
  /** How many there are today. */
  readonly shards: number;
  /** Rebuilds a shard as of a place in its log. */
  readonly rebuild: (
    shard: ShardId,
    place: { readonly sequence: number } | { readonly timeUs: number },
  ) => Promise<PastShard>;
}

/** What is known of a book. */
export interface PastBook {
  readonly depth: DepthView;
  /** The last one, where there was one. */
  readonly lastTrades: readonly TradeView[];
  readonly displayed: DisplayedOrdersView | undefined;
}

export class PastVenue {
  readonly #options: PastVenueOptions;
  readonly #shards = new Map<ShardId, Promise<PastShard>>();

  constructor(options: PastVenueOptions) {
    this.#options = options;
  }

  /** Those that were rebuilt so far, by shard. */
  async rebuilt(): Promise<readonly PastShard[]> {
    const all = await Promise.all(this.#shards.values());
    return all.sort((a, b) => a.report().shard - b.report().shard);
  }

  async reports(): Promise<readonly PastShardReport[]> {
    return (await this.rebuilt()).map((past) => past.report());
  }

  /** Rebuilds every shard that the place is one of. */
  async rebuildAll(): Promise<void> {
    for (const shard of this.#places()) await this.#shard(shard);
  }

  /** At most so many levels, and displayed orders, of each side. */
  async book(symbol: InstrumentSymbol, lines: number): Promise<PastBook & Terms> {
    const { place } = this.#options;
    // An instrument that is not listed has a home, too.
    if ("shard" in place) requireListed(symbol, (await this.#shard(place.shard)).actors);
    const home = await this.#home(addressOfBook(symbol));
    const depth = home.answer("depth", { symbol, levels: lines });
    if (depth === null) throw unlisted(symbol, home);
    const lastTrades = home.answer("trades", { symbol, limit: 1 }) ?? [];
    const displayed = home.answer("displayed-orders", { symbol, limit: lines }) ?? undefined;
    return { depth, lastTrades, displayed, ...termsOf(home) };
  }

  async account(
    account: AccountId,
  ): Promise<{ readonly balances: readonly BalanceView[] } & Terms> {
    const home = (await this.#homeOfFees(account)) ?? (await this.#home(addressOfAccount(account)));
    const balances = home.answer("balances", { account });
    if (balances === null) {
      throw new PastFault("account-unknown", `there was no account ${account}`);
    }
    return { balances, ...termsOf(home) };
  }

  /**
   * Where an order stood. Without an account every account is looked through, those first that
   * lived where its number was assigned; a client's name needs one.
   */
  async order(
    name: PastOrderName,
    account: AccountId | undefined,
  ): Promise<{ readonly order: OrderView } & Terms> {
    const asked = { orderId: 0, clientOrderId: "", ...name };
    if (account !== undefined) {
      const home = await this.#home(addressOfAccount(account));
      const order = home.answer("order", { account, ...asked });
      if (order !== null) return { order, ...termsOf(home) };
    } else {
      const first = asked.orderId === 0 ? governorShard : shardOfId(asked.orderId);
      const places = this.#places();
      for (const shard of [first, ...places.filter((of) => of !== first)]) {
        if (!places.includes(shard)) continue;
        const { actors } = await this.#shard(shard);
        for (const { id } of actors.accounts()) {
          const order = actors.answer("order", { account: id, ...asked });
          if (order !== null) return { order, ...termsOf(actors) };
        }
      }
    }
    const shown = "orderId" in name ? name.orderId : name.clientOrderId;
    const { place } = this.#options;
    const where = "shard" in place && account === undefined ? ` in shard ${place.shard}` : "";
    const whose = account === undefined ? "there was no order" : `account ${account} had no order`;
    const closed = "closed ones are remembered for a minute; ./outcry trace finds them all";
    throw new PastFault("order-unknown", `${whose} ${shown}${where} (${closed})`);
  }

  /** The shards that the place is a place of. */
  #places(): readonly ShardId[] {
    const { place, shards } = this.#options;
    return "shard" in place ? [place.shard] : [...Array(shards).keys()];
  }

  /** Each shard has a fee account of its own, which never moves; undefined for any other. */
  async #homeOfFees(account: AccountId): Promise<Shard | undefined> {
    const { place, shards } = this.#options;
    const home = [...Array(shards).keys()].find((shard) => feeAccountOf(shard) === account);
    if (home === undefined) return undefined;
    if ("shard" in place && place.shard !== home) {
      const other = "give a time, or an entry of its shard";
      throw new PastFault("lives-elsewhere", `account/${account} lives in shard ${home}: ${other}`);
    }
    return (await this.#shard(home)).actors;
  }

  /** Where an actor lived. */
  async #home(actor: ActorAddress): Promise<Shard> {
    const { place } = this.#options;
    if (!("shard" in place)) return await this.#follow(actor);
    const { shard } = place;
    const { actors } = await this.#shard(shard);
    const elsewhere = actors.elsewhere(actor);
    if (elsewhere === undefined) return actors;
    const other = "give a time, or an entry of its shard";
    if (elsewhere.shard === shard) {
      throw new PastFault("on-its-way", `${actor} was on its way to shard ${shard}: ${other}`);
    }
    const lived = `${actor} lived in shard ${elsewhere.shard}, as shard ${shard} knew it`;
    throw new PastFault("lives-elsewhere", `${lived}: ${other}`);
  }

  /** From where the governor's shard has it to where it is. */
  async #follow(actor: ActorAddress): Promise<Shard> {
    let next: ShardId = governorShard;
    const asked = new Set<ShardId>();
    while (!asked.has(next)) {
      asked.add(next);
      const { actors } = await this.#shard(next);
      const elsewhere = actors.elsewhere(actor);
      if (elsewhere === undefined) return actors;
      next = elsewhere.shard;
    }
    // Where it is to live it is awaited. It may not have left yet: from where, no one else knows.
    for (const shard of this.#places()) {
      if (asked.has(shard)) continue;
      const { actors } = await this.#shard(shard);
      // One that there was not yet does not know who lives where.
      if (actors.sequence > 0 && actors.elsewhere(actor) === undefined) return actors;
    }
    throw new PastFault(
      "on-its-way",
      `${actor} was on its way from shard to shard just then: ask for a moment earlier or later`,
    );
  }

  #shard(shard: ShardId): Promise<PastShard> {
    const { place, rebuild } = this.#options;
    let past = this.#shards.get(shard);
    if (past === undefined) {
      past = rebuild(shard, place);
      this.#shards.set(shard, past);
    }
    return past;
  }
}

function requireListed(symbol: InstrumentSymbol, shard: Shard): void {
  if (shard.directory.instrument(symbol) === undefined) throw unlisted(symbol, shard);
}

function unlisted(symbol: InstrumentSymbol, { directory }: Shard): PastFault {
  const names = directory.instruments().map((terms) => terms.symbol);
  const all = names.length === 0 ? "none was listed" : `there were ${names.join(", ")}`;
  return new PastFault("instrument-unknown", `there was no instrument ${symbol}: ${all}`);
}

/** What there was to count in, by what the shard knew. */
interface Terms {
  readonly instruments: readonly InstrumentView[];
  readonly assets: ReturnType<Shard["directory"]["assets"]>;
}

function termsOf(shard: Shard): Terms {
  return { instruments: shard.answer("instruments", {}), assets: shard.answer("assets", {}) };
}
