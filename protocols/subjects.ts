/**
 * NATS subjects, all but the log's built here and nowhere else.
 *
 * Every id is checked before it becomes a token: an id holding a dot, a wildcard or a space would
 * be a subject of somebody else's (measured: a space or tab even closes the connection).
 */
import { assert } from "./assert.ts";
import { CandleInterval } from "./candle-interval.ts";
import { isAccountId, isProducerId, isSymbol } from "./identifiers.ts";
import type { AccountId, InstrumentSymbol, NodeId, ProducerId, ShardId } from "./identifiers.ts";

/** The client API's version, first tokens of every public subject. */
export const apiPrefix = "outcry.v1";

function shardToken(shard: ShardId): string {
  assert(Number.isSafeInteger(shard) && shard >= 0);
  return String(shard);
}

function accountToken(account: AccountId): string {
  assert(isAccountId(account), "account id may not become a subject");
  return account;
}

function symbolToken(symbol: InstrumentSymbol): string {
  assert(isSymbol(symbol), "symbol may not become a subject");
  return symbol;
}

function producerToken(producer: ProducerId): string {
  assert(isProducerId(producer), "producer id may not become a subject");
  return producer;
}

/** Words of the API, such as `order.place`: ours, never a client's. */
function requestTokens(request: string): string {
  assert(/^[A-Za-z]+(\.[A-Za-z]+)*$/.test(request), "not the name of a request");
  return request;
}

function intervalToken(interval: string): string {
  assert(Object.hasOwn(CandleInterval, interval), "not an interval of candles");
  return interval;
}

/** Inside the cluster, in the engine's NATS account; the log's own are with the log. */
export const clusterSubjects = {
  /** One message per step of a shard, and heartbeats, from its emitter. */
  feed: (shard: ShardId): string => `feed.${shardToken(shard)}`,
  /** A shard's replies to one producer. */
  reply: (shard: ShardId, producer: ProducerId): string =>
    `reply.${producerToken(producer)}.${shardToken(shard)}`,
  /** Every reply to one producer. */
  repliesTo: (producer: ProducerId): string => `reply.${producerToken(producer)}.*`,
  /** Questions about a shard that any of its replicas may answer. */
  query: (shard: ShardId): string => `query.${shardToken(shard)}`,
  /** Asks every engine node who it is and how far it has come. */
  nodes: "nodes",
  /** Tells one node to rebuild its replica of a shard. */
  rebuild: (node: NodeId): string => `rebuild.${producerToken(node)}`,
  /** What operators ask one engine node to do. */
  control: (node: NodeId): string => `control.${producerToken(node)}`,
  /** Where one engine node is called, to hear whether anybody listens there. */
  alive: (node: NodeId): string => `control.${producerToken(node)}.alive`,
  /** Where the engine nodes answer that to one who asked. */
  nodeStatus: (producer: ProducerId): string => `reply.${producerToken(producer)}.status`,
  /** Asks every referee how far it has come and what it found, */
  referees: "referees",
  /** and where they answer. */
  refereeStatus: (producer: ProducerId): string => `reply.${producerToken(producer)}.referee`,
  /** Where a referee tells that something differs. */
  alarm: (shard: ShardId): string => `alarm.${shardToken(shard)}`,
} as const;

/** What participants see, in the clients' NATS account. */
export const clientSubjects = {
  /** Requests of one account, for example `order.place`. */
  account: (account: AccountId, request: string): string =>
    `${apiPrefix}.acct.${accountToken(account)}.${requestTokens(request)}`,
  /** Requests that anybody may make, for example `depth`. */
  market: (request: string): string => `${apiPrefix}.market.${requestTokens(request)}`,
  /** Requests of one administrator, for example `account.open`. */
  admin: (administrator: AccountId, request: string): string =>
    `${apiPrefix}.admin.${accountToken(administrator)}.${requestTokens(request)}`,
  /** Execution reports of one account. */
  reports: (account: AccountId): string => `${apiPrefix}.acct.${accountToken(account)}.reports`,
  depth: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.depth`,
  /** Changes of the displayed orders, one by one. */
  orders: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.orders`,
  trades: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.trades`,
  bbo: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.bbo`,
  /** Candles of one interval, for example `1m`. */
  candles: (symbol: InstrumentSymbol, interval: string): string =>
    `${apiPrefix}.md.${symbolToken(symbol)}.candles.${intervalToken(interval)}`,
  statistics: (symbol: InstrumentSymbol): string =>
    `${apiPrefix}.md.${symbolToken(symbol)}.statistics`,
  checksums: (symbol: InstrumentSymbol): string =>
    `${apiPrefix}.md.${symbolToken(symbol)}.checksums`,
  /** What goes on in a market: its trading phase, */
  phases: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.phases`,
  /** what an auction would execute, */
  auctions: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.auctions`,
  /** and between which prices it trades. */
  bands: (symbol: InstrumentSymbol): string => `${apiPrefix}.md.${symbolToken(symbol)}.bands`,
  /** What administrators did to trading. Symbols are in upper case: this is none. */
  interventions: `${apiPrefix}.md.interventions`,
  /** The prefix under which an account's replies arrive; nobody else may listen there. */
  inbox: (account: AccountId): string => `_INBOX.${accountToken(account)}`,
} as const;
