/**
 * Goal: whatever is traded, funded, moved and expired, money is neither made nor lost, and all
 * end with what a plain count of their trades says. Method: accounts on several shards trade two
 * contracts, by positions of which some are isolated; what books and their keepers say comes to
 * each shard in turn, but late; accounts move meanwhile, to shards that have heard more or less. In
 * the end both expire. The reference adds up money in big integers and knows neither positions nor
 * shards.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContractKind, MarginMode, Side, unpack, pack } from "../../protocols/index.ts";
import type { ContractState, CoverDeficit } from "../../protocols/index.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import { ShardLedger } from "../ledger/asset-ledger.ts";
import { Random } from "../testing/random.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Holdings } from "./holdings.ts";
import { IsolatedMargins } from "./isolated-margins.ts";
import { Positions } from "./positions.ts";

const contractTerms = {
  ...{ kind: ContractKind.perpetual, expiresAtUs: 0, indexSymbol: "", markClampPpm: 50_000 },
  ...{ initialMarginPpm: 100_000, maintenanceMarginPpm: 50_000, liquidationFeePpm: 0 },
  ...{ fundingIntervalSeconds: 60, fundingCapPpm: 10_000, fundAccount: "fund" },
};
const contracts: readonly ContractInstrument[] = ["APPLE-PERP", "PEAR-PERP"].map(
  (symbol, index) => ({
    ...{ symbol, base: "APPLE", quote: "COIN", baseUnitsPerLot: 1 },
    ...{ quoteUnitsPerTickLot: 3 + index, makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 },
    contract: contractTerms,
  }),
);
const accounts = ["a", "b", "c", "d", "fund"] as const;
type AccountName = (typeof accounts)[number];
const cash = 5000;

interface FillSaid {
  readonly account: AccountName;
  readonly contract: ContractInstrument;
  readonly side: Side;
  readonly price: number;
  readonly quantity: number;
  readonly fundingIndex: number;
  readonly fee: number;
}

/** What comes to a shard. */
type Said = { fill: FillSaid } | { state: ContractState; symbol: string } | { cover: CoverDeficit };

class ShardOfPositions {
  readonly ledger = new ShardLedger();
  readonly context = new RecordingContext();
  readonly known = new Map<string, ContractState>();
  readonly heard: Said[] = [];

  constructor() {
    this.context.venue.contractOf = (symbol) => this.known.get(symbol);
    this.context.venue.instrument = (symbol) => contracts.find((one) => one.symbol === symbol);
  }
}

class Positioned {
  readonly account: AccountName;
  readonly home: ShardOfPositions;
  readonly holdings: Holdings;
  readonly isolated: IsolatedMargins;
  readonly positions: Positions;

  constructor(account: AccountName, home: ShardOfPositions) {
    this.account = account;
    this.home = home;
    this.holdings = new Holdings(account, home.ledger);
    this.isolated = new IsolatedMargins(account, this.holdings);
    this.positions = new Positions(account, this.holdings, { isolated: this.isolated });
  }
}

/** Three shards, and what a plain count says of each account. */
class World {
  readonly shards = [0, 1, 2].map(() => new ShardOfPositions());
  readonly live = new Map<AccountName, Positioned>();
  readonly states = new Map<string, ContractState>();
  readonly money = new Map<AccountName, bigint>();
  readonly lots = new Map<string, bigint>();
  fees = 0n;

  constructor() {
    for (const [index, account] of accounts.entries()) {
      const living = new Positioned(account, this.shards[index % 3]!);
      living.holdings.deposit("COIN", cash);
      this.live.set(account, living);
      this.money.set(account, BigInt(cash));
    }
    for (const { symbol } of contracts) this.#announce(symbol, {});
  }

  #announce(symbol: string, change: Partial<ContractState>): void {
    const fresh = { markPrice: 100, indexPrice: 100, fundingIndex: 0, fundingRound: 0 };
    const before = this.states.get(symbol) ?? { ...fresh, finalPrice: 0, atUs: 0 };
    const state = { ...before, ...change, atUs: before.atUs + 1 };
    this.states.set(symbol, state);
    for (const shard of this.shards) shard.heard.push({ state, symbol });
  }

  #pay(account: AccountName, amount: bigint): void {
    this.money.set(account, this.money.get(account)! - amount);
  }

  trade(random: Random): void {
    const contract = random.pick(contracts);
    const { symbol, quoteUnitsPerTickLot: unit } = contract;
    const fundingIndex = Number(this.states.get(symbol)!.fundingIndex);
    const [price, quantity] = [1 + random.below(200), 1 + random.below(20)];
    const dealt = { contract, price, quantity, fundingIndex };
    for (const side of [Side.buy, Side.sell]) {
      const [account, fee] = [random.pick(accounts), random.below(4)];
      const count = BigInt(side === Side.buy ? quantity : -quantity);
      this.#pay(account, count * BigInt(price) * BigInt(unit) + BigInt(fee));
      this.fees += BigInt(fee);
      const key = `${account} ${symbol}`;
      this.lots.set(key, (this.lots.get(key) ?? 0n) + count);
      this.live.get(account)!.home.heard.push({ fill: { ...dealt, account, side, fee } });
    }
  }

  /** Each lot held long pays so much to each held short. */
  fund(random: Random): void {
    const { symbol } = random.pick(contracts);
    const state = this.states.get(symbol)!;
    const perLot = random.below(41) - 20;
    for (const account of accounts) {
      this.#pay(account, (this.lots.get(`${account} ${symbol}`) ?? 0n) * BigInt(perLot));
    }
    const fundingIndex = Number(state.fundingIndex) + perLot;
    this.#announce(symbol, { fundingIndex, fundingRound: state.fundingRound + 1 });
  }

  mark(random: Random): void {
    this.#announce(random.pick(contracts).symbol, { markPrice: 1 + random.below(200) });
  }

  expire(random: Random): void {
    for (const { symbol, quoteUnitsPerTickLot: unit } of contracts) {
      const finalPrice = 1 + random.below(200);
      for (const account of accounts) {
        const lots = this.lots.get(`${account} ${symbol}`) ?? 0n;
        this.#pay(account, -lots * BigInt(finalPrice) * BigInt(unit));
      }
      this.#announce(symbol, { finalPrice });
    }
  }

  /** Whoever has nothing in a contract may keep the next that he has there otherwise. */
  turn(random: Random): void {
    const contract = random.pick(contracts);
    const { home, isolated, positions } = this.live.get(random.pick(accounts))!;
    if (positions.has(contract.symbol)) return;
    const isIsolated = random.isOneOf(70);
    const mode = isIsolated ? MarginMode.isolated : MarginMode.cross;
    if (isolated.modeOf(contract.symbol) !== mode) isolated.set(contract, mode, home.context);
  }

  /** An account goes to another shard; what was said to it there comes after it. */
  move(random: Random): void {
    const moving = this.live.get(random.pick(accounts))!;
    const { account, home, holdings, isolated, positions } = moving;
    const to = random.pick(this.shards);
    if (to === home) return;
    const [funds, held] = [holdings.snapshot(), unpack(pack(positions.snapshot()))];
    const margins = isolated.snapshot();
    holdings.leave();
    const arrived = new Positioned(account, to);
    arrived.holdings.restore(funds);
    arrived.positions.restore(held as ReturnType<Positions["snapshot"]>, to.context.venue);
    if (margins !== undefined) arrived.isolated.restore(margins, to.context.venue);
    this.live.set(account, arrived);
    const isIts = (said: Said): boolean =>
      ("fill" in said && said.fill.account === account) ||
      ("cover" in said && said.cover.account === account);
    to.heard.push(...home.heard.filter(isIts));
    home.heard.splice(0, home.heard.length, ...home.heard.filter((said) => !isIts(said)));
    arrived.positions.arrived(to.context);
    this.#carry(to);
    this.check();
  }

  /** A shard hears what was said to it first. */
  hear(shard: ShardOfPositions): void {
    const said = shard.heard.shift();
    if (said === undefined) return;
    const { context } = shard;
    if ("state" in said) {
      shard.known.set(said.symbol, said.state);
      for (const { home, positions } of this.live.values()) {
        if (home === shard) positions.announced(said.symbol, context);
      }
    } else if ("fill" in said) {
      const { contract, fee, account, ...fill } = said.fill;
      this.live.get(account)!.positions.filled(contract, fill, { fee, context });
    } else {
      const { account, debtor, asset, amount } = said.cover;
      const [fund, debt] = [account as AccountName, BigInt(amount)];
      const lacking = this.live.get(fund)!.holdings.balance(asset).giveCover(amount);
      this.#pay(debtor as AccountName, -debt);
      this.#pay(fund, debt - BigInt(lacking));
    }
    this.#carry(shard);
    this.check();
  }

  #carry(shard: ShardOfPositions): void {
    for (const message of shard.context.takeSent()) {
      if (message.kind !== "cover-deficit") throw new Error(`said ${message.kind}`);
      this.live.get(message.account as AccountName)!.home.heard.push({ cover: message });
    }
  }

  hearAll(): void {
    while (this.shards.some(({ heard }) => heard.length > 0)) {
      for (const shard of this.shards) this.hear(shard);
    }
  }

  /** After every step. */
  check(): void {
    for (const { ledger } of this.shards) ledger.endStep(false);
    for (const { positions, holdings, isolated } of this.live.values()) {
      positions.audit();
      isolated.audit((symbol) => positions.has(symbol));
      if (holdings.available("COIN") < 0) throw new Error("less than nothing");
    }
  }

  get settlement(): bigint {
    return this.#sum((ledger) => ledger.settlement.balance);
  }

  get deficit(): bigint {
    return this.#sum((ledger) => ledger.deficit.balance);
  }

  #sum(of: (ledger: ReturnType<ShardLedger["of"]>) => number | bigint): bigint {
    return this.shards.reduce((sum, { ledger }) => sum + BigInt(of(ledger.of("COIN"))), 0n);
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe("positions on several shards", () => {
  it("bring everybody in the end what his trades say, and lose nothing on the way", () => {
    let covered = 0;
    let posted = 0;
    const property = fc.property(seeds, (seed) => {
      const random = new Random(seed);
      const world = new World();
      for (let turn = 0; turn < 150; turn++) {
        const chance = random.below(100);
        if (chance < 30) world.trade(random);
        else if (chance < 36) world.fund(random);
        else if (chance < 44) world.mark(random);
        else if (chance < 48) world.move(random);
        else if (chance < 56) world.turn(random);
        else world.hear(random.pick(world.shards));
      }
      world.expire(random);
      for (let turn = 0; turn < 10; turn++) world.move(random);
      world.hearAll();
      for (const [account, { holdings, positions }] of world.live) {
        expect(positions.isEmpty).toBe(true);
        const sums = [...holdings.all()].map(([, balance]) => [balance.variation, balance.posted]);
        expect(sums.flat().every((sum) => sum === 0)).toBe(true);
        expect(BigInt(holdings.available("COIN"))).toBe(world.money.get(account));
      }
      // What one shard's settlement lacks another's has: deposits are all that is missing.
      expect(world.settlement).toBe(-BigInt(cash * accounts.length));
      const held = [...world.money.values()].reduce((sum, one) => sum + one, 0n);
      expect(held + world.fees + world.deficit).toBe(BigInt(cash * accounts.length));
      if (world.deficit < 0n) covered += 1;
      for (const { context } of world.shards) {
        posted += context.emitted.filter(({ kind }) => kind === "margin-moved").length;
      }
    });
    fc.assert(property, { numRuns: 150, seed: 11 });
    expect(covered).toBeGreaterThan(10);
    expect(posted).toBeGreaterThan(1000);
  });
});
