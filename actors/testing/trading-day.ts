/**
 * A day of random trading on a venue of some shards, decided by one seed: what is sent, in which
 * frames, when the frames between shards arrive, which of them arrive twice, and which commands
 * arrive too late.
 */
import { addressOfAccount, addressOfBook, OrderType } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  Amount,
  AssetId,
  Command,
  FeeRates,
  InstrumentTerms,
  ParticipantId,
  TimeUs,
  TradingTerms,
} from "../../protocols/index.ts";
import { ContractWork } from "./contract-work.ts";
import { applePerpetual } from "./contracts.ts";
import { CustodyWork } from "./custody-work.ts";
import { tradingTermsIn } from "./instrument-words.ts";
import { instruments } from "./instruments.ts";
import { Random } from "./random.ts";
import { TestVenue } from "./test-venue.ts";
import type { Chance, NotesOn, TestVenueOptions } from "./test-venue.ts";
import { Workload } from "./workload.ts";

export interface TradingDay {
  readonly seed: number;
  readonly shards: number;
  readonly moves: number;
  /** Of a hundred moves, how many deliver a frame when one is under way: few let them pile up. */
  readonly deliveryPercent: number;
  /** Of a hundred moves, how many are of an actor to another shard; none unless told. */
  readonly relocationPercent?: number;
  /** Of a hundred moves, how many change what accounts pay for trading; none unless told. */
  readonly feePercent?: number;
  /** Of a hundred moves, how many change what orders are held to; none unless told. */
  readonly riskPercent?: number;
  /** Of a hundred moves, how many are of deposits and withdrawals; none unless told. */
  readonly custodyPercent?: number;
  /** Of a hundred moves, how many change when trades are settled; none unless told. */
  readonly clearingPercent?: number;
  /** Of a hundred moves, how many are of contracts; none unless told, and none are listed. */
  readonly contractPercent?: number;
  /** How many shards there are to be in the end; as many as at first unless told. */
  readonly shardsAtEnd?: number;
  /** Where each entry's entropy comes from; from its time unless told. */
  readonly chance?: Chance;
  /** What is noted on the frames of gateways; nothing unless told. */
  readonly notesOn?: NotesOn;
  /** Called after every move. */
  readonly afterMove?: (venue: TestVenue) => void;
}

export const traders: readonly AccountId[] = ["alice", "bob", "carol", "dave", "erin"];

/** Two of them belong together. */
export const related = ["alice", "bob"] as const;
const participants: Readonly<Record<AccountId, ParticipantId>> = { alice: "acme", bob: "acme" };

/** Scarce enough to run out of, and in one asset beyond what a number counts. */
const funds: Readonly<Record<AssetId, Amount>> = {
  APPLE: 2n ** 55n,
  PEAR: 40_000,
  GOLD: 2n ** 56n,
  COIN: 9_000,
};

const terms = { instruments, middle: 50, quantityMax: 12, haltPercent: 2 };

/** One instrument has auctions and hours, one has bands and is shared out in proportion. */
const trading: readonly (TradingTerms | undefined)[] = [
  undefined,
  tradingTermsIn(
    "pro rata at least 2, reference 50, bands 2000 bp, window 60 s, auction 5 s, random 5 s",
  ),
  tradingTermsIn(
    "reference 50, bands 3000 bp, limit state 3 s, pause 4 s, auction 5 s, collar 9000 bp, " +
      "hours 22:14 preOpen 22:15 callOpening 22:16 open+9 22:18 callClosing 22:19 tradeAtLast+5 22:20 close",
  ),
];

const listed: readonly InstrumentTerms[] = instruments.map((terms, index) => {
  const how = trading[index];
  return how === undefined ? terms : { ...terms, trading: how };
});

export function openVenue(shards: number, options?: TestVenueOptions): TestVenue {
  const venue = new TestVenue(shards, options).list(...listed);
  for (const account of traders) venue.open(account, funds, participants[account]);
  return venue;
}

/** What an administrator says to open that venue, one after the other. */
export function venueCommands(): readonly Command[] {
  const assets = new Set(listed.flatMap(({ base, quote }) => [base, quote]));
  return [
    ...[...assets].map((asset): Command => ({ kind: "add-asset", asset, decimals: 0 })),
    ...listed.map((terms): Command => ({ kind: "list-instrument", terms })),
    ...traders.flatMap((account): Command[] => [
      { kind: "open-account", account, participant: participants[account] ?? "" },
      ...Object.entries(funds).map(([asset, amount]): Command => {
        return { kind: "deposit", account, asset, amount, reference: `${account}-${asset}` };
      }),
    ]),
  ];
}

export function workloadFor(random: Random, timeUs: () => TimeUs): Workload {
  return new Workload(random, { accounts: traders, related, ...terms, timeUs });
}

export function workloadOf(random: Random, venue: TestVenue): Workload {
  return workloadFor(random, () => venue.timeUs);
}

const movableAccounts = traders.map(addressOfAccount);
const movableBooks = listed.map(({ symbol }) => addressOfBook(symbol));
/** Whoever may live in one shard or another. */
export const movableActors: readonly ActorAddress[] = [...movableAccounts, ...movableBooks];

/** Has some account or book live in some shard, where it may live already. */
export function relocation(random: Random, shards: number): Command {
  const actor = random.pick(random.isOneOf(50) ? movableAccounts : movableBooks);
  const shard = random.below(shards);
  return { kind: "place-actor", actor, shard, author: "ops", reason: "test" };
}

const why = { author: "ops", reason: "test" };

/**
 * Rebates of one account alone are seldom paid for by all takers, and who takes for next to nothing
 * leaves no rebate to anybody: mostly it is neither.
 */
function paidFor({ makerPpm, takerPpm }: FeeRates): FeeRates {
  if (takerPpm % 10 === 0) return { makerPpm, takerPpm };
  const isPlain = takerPpm % 2 === 1;
  return {
    makerPpm: isPlain ? Math.abs(makerPpm) : makerPpm,
    takerPpm: Math.max(takerPpm, 10_000),
  };
}

/** A schedule for some instruments, or rates for one account; at times what nobody may have. */
export function feeCommand(random: Random): Command {
  const takerPpmMin = random.isOneOf(90) ? 10_000 : 0;
  const rates = () => ({
    makerPpm: random.below(25_000) - 10_000,
    takerPpm: takerPpmMin + random.below(50_000),
  });
  if (random.isOneOf(40)) {
    const symbol = random.isOneOf(50) ? "" : random.pick(listed).symbol;
    const drawn = random.isOneOf(70) ? rates() : undefined;
    const own = drawn && paidFor(drawn);
    return { kind: "set-account-fees", account: random.pick(traders), symbol, rates: own, ...why };
  }
  const { quote } = random.pick(listed);
  const ofQuote = random.isOneOf(90) ? listed.filter((terms) => terms.quote === quote) : listed;
  const symbols = ofQuote.map(({ symbol }) => symbol).filter(() => random.isOneOf(80));
  const isLeft = symbols.length > 0;
  return {
    kind: "set-fee-schedule",
    schedule: random.pick(["spot", "makers"]),
    symbols,
    minimum: isLeft && random.isOneOf(40) ? random.below(12) : 0,
    tiers: isLeft ? [0, 200, 2000].map((volume) => ({ volume, ...rates() })) : [],
    ...why,
  };
}

/** More of some asset for somebody; at times what nobody may bring in, or what was brought in. */
export function depositCommand(random: Random): Command {
  return {
    ...{ kind: "deposit", account: random.pick(traders), asset: random.pick(Object.keys(funds)) },
    ...{ amount: random.below(3000) - 100, reference: `more-${String(random.below(5000))}` },
  };
}

/** Limits for somebody somewhere, or a group for an account; at times none, or what cannot be. */
export function riskCommand(
  random: Random,
  instruments: readonly InstrumentTerms[] = listed,
): Command {
  const group = random.pick(["", "retail", "makers"]);
  if (random.isOneOf(30)) {
    return { kind: "set-risk-group", account: random.pick(traders), group, ...why };
  }
  const account = group === "" && random.isOneOf(50) ? random.pick(traders) : "";
  const { symbol, quote } = random.pick(instruments);
  const place = random.pick([
    { quote: "", symbol: "" },
    { quote, symbol: "" },
    { quote: "", symbol },
  ]);
  const limits: Record<string, number> = {};
  const mayHave = (name: string, most: number): void => {
    if (random.isOneOf(30)) limits[name] = random.below(most + 1);
  };
  mayHave("openOrders", 12);
  mayHave("orderRate", 3);
  if ("orderRate" in limits) mayHave("orderBurst", 6);
  mayHave("ordersPerTrade", 8);
  if ("ordersPerTrade" in limits) mayHave("ordersFree", 20);
  mayHave("repeatMs", 9000);
  if (place.symbol !== "") mayHave("orderQuantity", 12);
  if (place.symbol !== "" || place.quote !== "") mayHave("orderNotional", 2000);
  mayHave("priceBasisPoints", 3000);
  if (place.symbol !== "") mayHave("positionQuantity", 2000);
  if (limits["priceBasisPoints"] === 0) delete limits["priceBasisPoints"];
  if (place.symbol !== "" || place.quote !== "") mayHave("exposure", 200_000);
  if (place.symbol !== "" || place.quote !== "") mayHave("dailyLoss", 300);
  if (limits["dailyLoss"] === 0) delete limits["dailyLoss"];
  if (place.symbol !== "" || place.quote !== "") mayHave("netExposure", 100_000);
  if (random.isOneOf(8)) limits["shortSales"] = 0;
  if (random.isOneOf(8)) limits["restriction"] = random.below(2);
  return { kind: "set-risk-limits", scope: { account, group, ...place }, limits, ...why };
}

/** Trades what it has not got. */
const pauper = "poor";

/** Opens an account that has next to nothing, and lets it owe much. */
export function openPauper(venue: TestVenue): void {
  venue.ask({ kind: "open-account", account: pauper, participant: pauper });
  const assets = new Set(listed.flatMap(({ base, quote }) => [base, quote]));
  for (const asset of assets) {
    const terms = { limit: 100_000, penaltyBasisPoints: 250, buyInDays: 2 };
    venue.ask({ kind: "set-fail-permission", account: pauper, asset, ...terms, ...why });
    const reference = `poor-${asset}`;
    venue.ask({ kind: "deposit", account: pauper, asset, amount: 40, reference, ...why });
  }
}

/** Lets an account owe something; at times what nobody may be let, and at times no more. */
export function permissionCommand(random: Random): Command {
  const { base, quote } = random.pick(listed);
  return {
    ...{ kind: "set-fail-permission", account: random.pick(traders) },
    ...{ asset: random.isOneOf(70) ? base : quote, limit: random.below(4) * 500 },
    ...{ penaltyBasisPoints: random.below(300), buyInDays: random.below(4) },
    ...why,
  };
}

/** A cycle of some instruments; at times what no cycle may be, and at times none any more. */
export function cycleCommand(random: Random): Command {
  return {
    ...{ kind: "set-settlement-cycle", cycle: random.pick(["spot", "slow"]) },
    symbols: listed.map(({ symbol }) => symbol).filter(() => random.isOneOf(60)),
    days: random.below(random.isOneOf(90) ? 3 : 5),
    offsetMinutes: 60 * (random.below(25) - 12),
    cutOffMinute: random.below(24 * 60),
    weekend: random.isOneOf(50) ? [5, 6] : [],
    holidays: random.isOneOf(50) ? [2023_11_16] : [],
    ...why,
  };
}

/** Some share of limit orders sets nothing aside. */
export function uncoveredOrNot(random: Random, command: Command, percent: number): Command {
  if (percent === 0 || command.kind !== "place-order") return command;
  const isSo = command.orderType === OrderType.limit && random.isOneOf(percent);
  if (!isSo) return command;
  const account = random.isOneOf(50) ? pauper : command.account;
  return { ...command, account, instructions: { ...command.instructions, isUncovered: true } };
}

/** Asks for one more shard, whose log is formed the first time. */
export function grow(venue: TestVenue): void {
  if (venue.shards.length === venue.first.shards) venue.formShard();
  const shards = venue.first.shards + 1;
  venue.send({ kind: "add-shard", shards, author: "ops", reason: "test" });
}

/** What limits of risk may be of on a day of contracts. */
export const withContracts: readonly InstrumentTerms[] = [...listed, applePerpetual];

/** Trades a day out, until nothing is under way. */
export function tradeOut(day: TradingDay): TestVenue {
  const random = new Random(day.seed);
  const venue = openVenue(day.shards, day);
  const workload = workloadOf(random, venue);
  const { shardsAtEnd = day.shards } = day;
  const custody = new CustodyWork(random, venue, traders);
  const { contractPercent } = day;
  const contracts =
    contractPercent === undefined ? undefined : new ContractWork(random, venue, traders);
  if (day.clearingPercent !== undefined) openPauper(venue);
  for (let move = 0; move < day.moves; move++) {
    const underWay = venue.underWay;
    if (venue.first.shards < shardsAtEnd && random.isOneOf(3)) grow(venue);
    if (underWay.length > 0 && random.isOneOf(day.deliveryPercent)) {
      venue.deliver(random.pick(underWay));
    } else if (random.isOneOf(day.relocationPercent ?? 0)) {
      venue.send(relocation(random, venue.shards.length));
    } else if (day.feePercent !== undefined && random.isOneOf(day.feePercent)) {
      venue.send(feeCommand(random));
    } else if (day.riskPercent !== undefined && random.isOneOf(day.riskPercent)) {
      venue.send(riskCommand(random, contracts === undefined ? listed : withContracts));
    } else if (contracts !== undefined && random.isOneOf(contractPercent ?? 0)) {
      venue.timeUs += random.below(1_000_000);
      venue.send(contracts.next());
    } else if (day.clearingPercent !== undefined && random.isOneOf(day.clearingPercent)) {
      // Now and then some hours pass, and with them cut-offs.
      if (random.isOneOf(60)) venue.timeUs += random.below(48) * 3_600_000_000;
      venue.send(random.isOneOf(30) ? permissionCommand(random) : cycleCommand(random));
    } else if (day.custodyPercent !== undefined && random.isOneOf(day.custodyPercent)) {
      venue.timeUs += random.below(1_000_000);
      venue.send(custody.next());
    } else if (random.isOneOf(4)) {
      venue.deliverAgain((count) => random.below(Math.max(count, 1)));
    } else if (random.isOneOf(3)) {
      const command = workload.next();
      venue.appendLate(venue.homeOf(command), "gw", [command]);
    } else {
      venue.timeUs += random.below(2_000_000);
      const count = random.isOneOf(80) ? 1 : 1 + random.below(6);
      const next = () => uncoveredOrNot(random, workload.next(), day.clearingPercent ?? 0);
      venue.sendAll(Array.from({ length: count }, next));
    }
    day.afterMove?.(venue);
  }
  venue.drain();
  if (day.clearingPercent !== undefined) passDays(venue, 6);
  return venue;
}

/** Lets days pass without trading: what is due is settled, or fails. */
function passDays(venue: TestVenue, days: number): void {
  for (let day = 0; day < days; day++) {
    venue.timeUs += 86_400_000_000;
    for (const { shard } of venue.shards) venue.append(shard, "node-e1", [{ kind: "tick" }]);
    venue.drain();
  }
}
