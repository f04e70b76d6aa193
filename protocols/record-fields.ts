/**
 * The fields of ordinary records, read one after the other, and the checks that rows and ordinary
 * records share: what an id in bytes from elsewhere must look like, and where closed lists end.
 */
import { CandleInterval } from "./candle-interval.ts";
import {
  isAccountId,
  isAssetId,
  isClientOrderId,
  isParticipantId,
  isProducerId,
  isQuoteId,
  isSymbol,
} from "./identifiers.ts";
import {
  CancelFailure,
  ChannelMark,
  ExecutionType,
  Intervention,
  KillScope,
  Liquidity,
  ListType,
  OrderStatus,
  OrderType,
  PegReference,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingPhase,
  TriggerSource,
} from "./order-terms.ts";
import { MalformedRecords } from "./records.ts";
import type { NameKind } from "./records.ts";
import { isAmount } from "./units.ts";
import type { Amount } from "./units.ts";

export const accountName: NameKind = { bit: 1, what: "an account id", is: isAccountId };
export const symbolName: NameKind = { bit: 2, what: "a symbol", is: isSymbol };
const assetName: NameKind = { bit: 4, what: "an asset id", is: isAssetId };
/** A node, cluster or producer: text that may become part of a subject. */
const partyName: NameKind = { bit: 8, what: "a name", is: isProducerId };
/** May be "". */
export const participantName: NameKind = { bit: 16, what: "a participant id", is: isParticipantId };

/** The last member of each closed list, as its number: all of them count from 0 without a gap. */
export const last = {
  side: lastOf(Side),
  orderType: lastOf(OrderType),
  timeInForce: lastOf(TimeInForce),
  postOnly: lastOf(PostOnly),
  selfTradePrevention: lastOf(SelfTradePrevention),
  triggerSource: lastOf(TriggerSource),
  pegReference: lastOf(PegReference),
  listType: lastOf(ListType),
  cancelFailure: lastOf(CancelFailure),
  orderStatus: lastOf(OrderStatus),
  executionType: lastOf(ExecutionType),
  liquidity: lastOf(Liquidity),
  candleInterval: lastOf(CandleInterval),
  tradingPhase: lastOf(TradingPhase),
  intervention: lastOf(Intervention),
  killScope: lastOf(KillScope),
  channelMark: lastOf(ChannelMark),
} as const;

function lastOf(list: Readonly<Record<string, number>>): number {
  return Object.keys(list).length - 1;
}

export function clientOrderIdIn(text: string): string {
  if (!isClientOrderId(text)) throw new MalformedRecords("not a client order id");
  return text;
}

/** "" stands for none: the order is named by our id. */
export function clientOrderIdOrNone(text: string): string {
  return text === "" ? text : clientOrderIdIn(text);
}

/**
 * The longest text that people or other systems may put into a message: 200 characters, of which
 * each may be two UTF-16 units.
 */
const textLengthMax = 400;

/** Reads the fields of one ordinary record. Every method throws {@link MalformedRecords}. */
export class Fields {
  readonly #fields: readonly unknown[];
  #at = 0;

  constructor(fields: readonly unknown[]) {
    this.#fields = fields;
  }

  integer(): number {
    const value = this.#next();
    if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw new MalformedRecords("field is not an integer");
    }
    return value + 0; // + 0 turns -0 into 0.
  }

  /** An integer of at least `least`. */
  count(least = 0): number {
    const value = this.integer();
    if (value < least) throw new MalformedRecords("field is too small");
    return value;
  }

  /** A member of a closed list that counts from 0 to `last`. */
  choice(last: number): number {
    const value = this.count();
    if (value > last) throw new MalformedRecords("beyond the closed list");
    return value;
  }

  boolean(): boolean {
    const value = this.#next();
    if (typeof value !== "boolean") throw new MalformedRecords("field is not a boolean");
    return value;
  }

  text(lengthMax = textLengthMax): string {
    const value = this.#next();
    if (typeof value !== "string") throw new MalformedRecords("field is not text");
    if (value.length > lengthMax) throw new MalformedRecords("text is too long");
    return value;
  }

  /** A total that is not negative, as its digits. */
  digits(): string {
    const text = this.text();
    if (!/^(0|[1-9][0-9]{0,39})$/.test(text)) throw new MalformedRecords("field is no total");
    return text;
  }

  /** A total of any sign, as its digits. */
  signedDigits(): string {
    const text = this.text();
    if (!/^(0|-?[1-9][0-9]{0,39})$/.test(text)) throw new MalformedRecords("field is no total");
    return text;
  }

  /** One of a closed list of words. */
  word<Word extends string>(words: readonly Word[]): Word {
    const text = this.text();
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new MalformedRecords("field is none of the words it may be");
    return word;
  }

  bytes(): Uint8Array {
    const value = this.#next();
    if (!(value instanceof Uint8Array)) throw new MalformedRecords("field is not bytes");
    return value;
  }

  /** A list of fields. */
  fields(): Fields {
    return new Fields(this.#list());
  }

  /** Between `least` and `most` lists of fields; whoever takes them reads each to its end. */
  lists(least: number, most: number): readonly Fields[] {
    const lists = this.#list();
    if (lists.length < least) throw new MalformedRecords("list is too short");
    if (lists.length > most) throw new MalformedRecords("list is too long");
    return lists.map((list) => new Fields([list]).fields());
  }

  /** A list, or undefined where there is none. */
  optionalList(): readonly unknown[] | undefined {
    if (this.#fields[this.#at] !== null) return this.#list();
    this.#at += 1;
    return undefined;
  }

  amount(): Amount {
    const value = this.#next();
    if (!isAmount(value)) throw new MalformedRecords("field is not an amount");
    return value;
  }

  account(): string {
    return this.#textOf(accountName);
  }

  /** "" for a participant of the account's own name. */
  participant(): string {
    return this.#textOf(participantName);
  }

  quoteId(): string {
    const text = this.text();
    if (!isQuoteId(text)) throw new MalformedRecords("field is not a quote id");
    return text;
  }

  asset(): string {
    return this.#textOf(assetName);
  }

  symbol(): string {
    return this.#textOf(symbolName);
  }

  symbolOrAll(): string {
    return this.#fields[this.#at] === "" ? this.text() : this.symbol();
  }

  /** The name of a node, a cluster or a producer. */
  party(): string {
    return this.#textOf(partyName);
  }

  /** Whether there are none, read or not. */
  get isEmpty(): boolean {
    return this.#fields.length === 0;
  }

  /** Whether there is one that was not read yet. */
  get hasMore(): boolean {
    return this.#at < this.#fields.length;
  }

  /** Whether the next one is a list. */
  get hasList(): boolean {
    return Array.isArray(this.#fields[this.#at]);
  }

  /** The fields not read yet; whoever takes them checks them. */
  rest(): readonly unknown[] {
    const rest = this.#fields.slice(this.#at);
    this.#at = this.#fields.length;
    return rest;
  }

  /** Makes sure that nothing is left over. */
  end(): void {
    if (this.hasMore) throw new MalformedRecords("more fields than there are");
  }

  #list(): readonly unknown[] {
    const value = this.#next();
    if (!Array.isArray(value)) throw new MalformedRecords("field is not a list");
    return value as readonly unknown[];
  }

  #textOf(kind: NameKind): string {
    const text = this.text();
    if (!kind.is(text)) throw new MalformedRecords(`field is not ${kind.what}`);
    return text;
  }

  #next(): unknown {
    return this.#fields[this.#at++];
  }
}
