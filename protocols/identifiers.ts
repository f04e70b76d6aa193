/**
 * Identifiers: what they look like and how those we assign are made.
 *
 * Every textual id may become a token of a NATS subject or a key in a file, so its alphabet holds
 * no dot, wildcard, space or control character. Numeric ids stay below 2^53 and name the shard that
 * assigned them.
 */
import { assert } from "./assert.ts";

/** A participant's account, for example `demo`. */
export type AccountId = string;
/** A firm or person whose accounts belong together, for example `acme`; looks like an account's. */
export type ParticipantId = string;
/** An instrument's ticker text, for example `BTC-USDT`. */
export type InstrumentSymbol = string;
/** An asset's code, for example `USDT`. */
export type AssetId = string;
/** The client's own name for an order, unique within its account. */
export type ClientOrderId = string;
/** Who appends frames to a log: a gateway, an engine node or another shard. */
export type ProducerId = string;
/** An engine process, for example `e1`. */
export type NodeId = string;
/** Our name for an order; below 2^53, unique in the cluster. */
export type OrderId = number;
/** A displayed order's place in its queue, as everybody may know it: FIX MDEntryID. */
export type EntryId = number;
/** Our name for an execution; below 2^53, unique in the cluster. */
export type TradeId = number;
/** The number of a shard, from 0. */
export type ShardId = number;
/** Which version of the actors' logic a shard goes by, from 1. */
export type LogicVersion = number;

const accountIdPattern = /^[a-z0-9][a-z0-9-]{0,30}$/;
const symbolPattern = /^[A-Z0-9][A-Z0-9-]{0,23}$/;
const assetIdPattern = /^[A-Z0-9][A-Z0-9-]{0,15}$/;
const clientOrderIdPattern = /^[A-Za-z0-9_:-]{1,36}$/;
/** Shorter than other client order ids: the orders of the quotes are named by adding to it. */
const quoteIdPattern = /^[A-Za-z0-9_:-]{1,32}$/;
const producerIdPattern = /^[a-z0-9][a-z0-9-]{0,30}$/;

// Every order is asked for its symbol and its client order id, by its client and by its gateway:
// there the patterns are looked up in tables instead, which takes about half as long.
const symbolLengthMax = 24;
const clientOrderIdLengthMax = 36;
const mayBeFirst = 1;
const mayFollow = 2;
const symbolCharacters = charactersOf(symbolPattern);
const clientOrderIdCharacters = charactersOf(clientOrderIdPattern);

export function isAccountId(text: string): text is AccountId {
  return accountIdPattern.test(text);
}

/** An account id, or "" for a participant of the account's own name. */
export function isParticipantId(text: string): text is ParticipantId {
  return text === "" || isAccountId(text);
}

export function isSymbol(text: string): text is InstrumentSymbol {
  return isMadeOf(symbolCharacters, symbolLengthMax, text);
}

export function isAssetId(text: string): text is AssetId {
  return assetIdPattern.test(text);
}

/** 1 to 36 letters, digits, `_`, `:` or `-`: room for a UUID, nothing a subject could trip over. */
export function isClientOrderId(text: string): text is ClientOrderId {
  return isMadeOf(clientOrderIdCharacters, clientOrderIdLengthMax, text);
}

/** The client's name for a mass quote: a {@link ClientOrderId} with room for `-b50`. */
export function isQuoteId(text: string): text is ClientOrderId {
  return quoteIdPattern.test(text);
}

export function isProducerId(text: string): text is ProducerId {
  return producerIdPattern.test(text);
}

/** The patterns as source text, for schemas and documentation. */
export const identifierPatterns = {
  accountId: accountIdPattern.source,
  symbol: symbolPattern.source,
  assetId: assetIdPattern.source,
  clientOrderId: clientOrderIdPattern.source,
  quoteId: quoteIdPattern.source,
  producerId: producerIdPattern.source,
  actorAddress: `^(account/${within(accountIdPattern)}|book/${within(symbolPattern)})$`,
} as const;

/** Without the marks of a text's beginning and end. */
function within({ source }: RegExp): string {
  return source.slice(1, -1);
}

/** Where the pattern lets each ASCII character stand, by its code; others it lets nowhere. */
function charactersOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    const isFirst = pattern.test(character);
    const isFollowing = pattern.test(`A${character}`);
    return (isFirst ? mayBeFirst : 0) | (isFollowing ? mayFollow : 0);
  });
}

function isMadeOf(characters: Uint8Array, lengthMax: number, text: unknown): boolean {
  if (typeof text !== "string") return false;
  const { length } = text;
  if (length === 0 || length > lengthMax) return false;
  if ((characters[text.charCodeAt(0)]! & mayBeFirst) === 0) return false;
  for (let at = 1; at < length; at++) {
    if ((characters[text.charCodeAt(at)]! & mayFollow) === 0) return false;
  }
  return true;
}

/** Numbers each shard may assign: 2^44 orders and 2^44 trades, on at most 512 shards. */
const idsPerShard = 2 ** 44;
export const shardsMax = 512;
/** Engine nodes of one cluster: each applies everything, and more of them add nothing. */
export const nodesMax = 9;

/** The id of the `count`-th order (or trade) that a shard assigned, counted from 1. */
export function idOnShard(shard: ShardId, count: number): number {
  assert(shard >= 0 && shard < shardsMax);
  assert(count >= 1 && count < idsPerShard);
  return shard * idsPerShard + count;
}

/** The shard that assigned an order or trade id: the actor concerned may live elsewhere by now. */
export function shardOfId(id: number): ShardId {
  assert(Number.isSafeInteger(id));
  assert(id >= 1);
  return Math.floor(id / idsPerShard);
}

/** The producer name under which a shard appends to the logs of other shards. */
export function producerOfShard(shard: ShardId): ProducerId {
  return `shard-${String(shard)}`;
}

/** Whether a producer is a shard, and so may send what only actors may say. */
export function isShardProducer(producer: ProducerId): boolean {
  return /^shard-[0-9]+$/.test(producer);
}

/** The shard behind such a producer. */
export function shardOfProducer(producer: ProducerId): ShardId {
  assert(isShardProducer(producer));
  return Number(producer.slice("shard-".length));
}

/** Whether a producer is an engine node, and so may claim emission and append ticks. */
export function isNodeProducer(producer: ProducerId): boolean {
  return producer.startsWith("node-");
}

/** The fee account that each shard keeps for the orders it owns; reserved, nobody can open it. */
export function feeAccountOf(shard: ShardId): AccountId {
  return `fees-${String(shard)}`;
}

export function isReservedAccount(account: AccountId): boolean {
  return /^fees-[0-9]+$/.test(account) || account === "admin";
}
