/**
 * The fields of ordinary records, read one after the other, and the checks that rows and ordinary
 * records share: what an id in bytes from elsewhere must look like.
 */
import { isAccountId, isAssetId, isClientOrderId, isProducerId, isSymbol } from "./identifiers.ts";
import type { InstrumentTerms } from "./messages.ts";
import { MalformedRecords } from "./records.ts";
import type { NameKind } from "./records.ts";
import { isAmount } from "./units.ts";
import type { Amount } from "./units.ts";

export const accountName: NameKind = { bit: 1, what: "an account id", is: isAccountId };
export const symbolName: NameKind = { bit: 2, what: "a symbol", is: isSymbol };
const assetName: NameKind = { bit: 4, what: "an asset id", is: isAssetId };
/** A node, cluster or producer: text that may become part of a subject. */
const partyName: NameKind = { bit: 8, what: "a name", is: isProducerId };

export function clientOrderIdIn(text: string): string {
  if (!isClientOrderId(text)) throw new MalformedRecords("not a client order id");
  return text;
}

/** "" stands for none: the order is named by our id. */
export function clientOrderIdOrNone(text: string): string {
  return text === "" ? text : clientOrderIdIn(text);
}

/** The longest text that people or other systems may put into a message. */
const textLengthMax = 200;

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

  boolean(): boolean {
    const value = this.#next();
    if (typeof value !== "boolean") throw new MalformedRecords("field is not a boolean");
    return value;
  }

  text(): string {
    const value = this.#next();
    if (typeof value !== "string") throw new MalformedRecords("field is not text");
    if (value.length > textLengthMax) throw new MalformedRecords("text is too long");
    return value;
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

  /** A list, or undefined where there is none. */
  optionalList(): readonly unknown[] | undefined {
    const value = this.#next();
    if (value === null) return undefined;
    if (!Array.isArray(value)) throw new MalformedRecords("field is not a list");
    return value as readonly unknown[];
  }

  amount(): Amount {
    const value = this.#next();
    if (!isAmount(value)) throw new MalformedRecords("field is not an amount");
    return value;
  }

  account(): string {
    return this.#textOf(accountName);
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

  terms(): InstrumentTerms {
    return {
      symbol: this.symbol(),
      base: this.asset(),
      quote: this.asset(),
      baseUnitsPerLot: this.integer(),
      quoteUnitsPerTickLot: this.integer(),
      makerFeeBasisPoints: this.integer(),
      takerFeeBasisPoints: this.integer(),
    };
  }

  /** The fields not read yet; whoever takes them checks them. */
  rest(): readonly unknown[] {
    const rest = this.#fields.slice(this.#at);
    this.#at = this.#fields.length;
    return rest;
  }

  /** Makes sure that nothing is left over. */
  end(): void {
    if (this.#at < this.#fields.length) throw new MalformedRecords("more fields than there are");
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

export function fieldsOfTerms(terms: InstrumentTerms): readonly (string | number)[] {
  return [
    terms.symbol,
    terms.base,
    terms.quote,
    terms.baseUnitsPerLot,
    terms.quoteUnitsPerTickLot,
    terms.makerFeeBasisPoints,
    terms.takerFeeBasisPoints,
  ];
}
