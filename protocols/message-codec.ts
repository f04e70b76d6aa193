/**
 * Messages as records: the number and the bytes of every kind.
 *
 * The numbers are in the log for ever. A change of a kind's bytes takes a new number; golden bytes
 * in the tests hold each one fast. Decoding checks types, lengths and closed lists, nothing of the
 * market: that is the actors' business.
 */
import { assert } from "./assert.ts";
import { isAccountId, isAssetId, isClientOrderId, isSymbol } from "./identifiers.ts";
import type { InstrumentTerms, Message } from "./messages.ts";
import type { OrderType, Side, TimeInForce } from "./order-terms.ts";
import { MalformedRecords } from "./records.ts";
import type { RecordReader, RecordWriter } from "./records.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";
import { isAmount } from "./units.ts";
import type { Amount } from "./units.ts";

/** Kinds that are rows. 0 marks an ordinary record. */
const Row = {
  placeOrder: 1,
  cancelOrder: 2,
  replaceOrder: 3,
  submitOrder: 10,
  submitCancel: 11,
  submitReplace: 12,
  orderRested: 20,
  orderFilled: 21,
  orderRemoved: 22,
  orderRefused: 23,
  orderReplaced: 24,
  changeRefused: 25,
} as const;

/** Kinds that are positional lists, by the number that begins the list. */
const Ordinary = {
  cancelAllOrders: 100,
  addAsset: 110,
  listInstrument: 111,
  openAccount: 112,
  deposit: 113,
  haltTrading: 114,
  resumeTrading: 115,
  formShard: 120,
  claimEmitter: 121,
  tick: 122,
  checkpoint: 123,
  announceAsset: 130,
  announceInstrument: 131,
  announceVenueHalt: 132,
  setPhase: 133,
  createAccount: 134,
  creditDeposit: 135,
  ticketServed: 136,
} as const;

/** Appends a message to a batch. */
export function writeMessage(writer: RecordWriter, message: Message): void {
  switch (message.kind) {
    case "place-order":
      writer.begin(Row.placeOrder);
      writer.name(message.account);
      writer.name(message.symbol);
      writer.u8(message.side);
      writer.u8(message.orderType);
      writer.u8(message.timeInForce);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.text(message.clientOrderId);
      return;
    case "cancel-order":
      writer.begin(Row.cancelOrder);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.text(message.clientOrderId);
      return;
    case "replace-order":
      writer.begin(Row.replaceOrder);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.text(message.clientOrderId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.u32(message.revision);
      return;
    case "submit-order":
      writer.begin(Row.submitOrder);
      writer.name(message.symbol);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.u8(message.side);
      writer.u8(message.orderType);
      writer.u8(message.timeInForce);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.budget);
      return;
    case "submit-cancel":
      writer.begin(Row.submitCancel);
      writer.name(message.symbol);
      writer.name(message.account);
      writer.integer(message.orderId);
      return;
    case "submit-replace":
      writer.begin(Row.submitReplace);
      writer.name(message.symbol);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      return;
    default:
      writeAnswer(writer, message);
  }
}

/** What books say to accounts. */
function writeAnswer(
  writer: RecordWriter,
  message: Exclude<
    Message,
    { kind: `${"place" | "cancel" | "replace"}-order` | `submit-${string}` }
  >,
): void {
  switch (message.kind) {
    case "order-rested":
      writer.begin(Row.orderRested);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.integer(message.updateId);
      return;
    case "order-filled":
      writer.begin(Row.orderFilled);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.integer(message.tradeId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.remaining);
      writer.u8(message.isTaker ? 1 : 0);
      writer.integer(message.updateId);
      return;
    case "order-removed":
      writer.begin(Row.orderRemoved);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.integer(message.canceled);
      writer.u16(message.reason);
      writer.integer(message.updateId);
      return;
    case "order-refused":
      writer.begin(Row.orderRefused);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.u16(message.reason);
      return;
    case "order-replaced":
      writer.begin(Row.orderReplaced);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.updateId);
      return;
    case "change-refused":
      writer.begin(Row.changeRefused);
      writer.name(message.account);
      writer.integer(message.orderId);
      writer.u16(message.reason);
      writer.integer(message.updateId);
      return;
    default:
      writer.ordinary(fieldsOf(message));
  }
}

type OrdinaryMessage = Extract<
  Message,
  {
    kind:
      | "cancel-all-orders"
      | "add-asset"
      | "list-instrument"
      | "open-account"
      | "deposit"
      | "halt-trading"
      | "resume-trading"
      | "form-shard"
      | "claim-emitter"
      | "tick"
      | "checkpoint"
      | "announce-asset"
      | "announce-instrument"
      | "announce-venue-halt"
      | "set-phase"
      | "create-account"
      | "credit-deposit"
      | "ticket-served";
  }
>;

function fieldsOf(message: OrdinaryMessage): readonly unknown[] {
  switch (message.kind) {
    case "cancel-all-orders":
      return [Ordinary.cancelAllOrders, message.account, message.symbol];
    case "add-asset":
      return [Ordinary.addAsset, message.asset, message.decimals];
    case "list-instrument":
      return [Ordinary.listInstrument, ...fieldsOfTerms(message.terms)];
    case "open-account":
      return [Ordinary.openAccount, message.account];
    case "deposit":
      assert(isAmount(message.amount));
      return [Ordinary.deposit, message.account, message.asset, message.amount, message.reference];
    case "halt-trading":
      return [Ordinary.haltTrading, message.symbol, message.author, message.reason];
    case "resume-trading":
      return [Ordinary.resumeTrading, message.symbol, message.author, message.reason];
    case "form-shard":
      return [Ordinary.formShard, message.cluster, message.shard, message.shards];
    case "claim-emitter":
      return [Ordinary.claimEmitter, message.node, message.emitterEpoch];
    case "tick":
      return [Ordinary.tick];
    case "checkpoint":
      return [Ordinary.checkpoint, message.label];
    case "announce-asset":
      return [Ordinary.announceAsset, message.shard, message.asset, message.decimals];
    case "announce-instrument":
      return [
        Ordinary.announceInstrument,
        message.shard,
        message.ticket,
        ...fieldsOfTerms(message.terms),
      ];
    case "announce-venue-halt":
      return [Ordinary.announceVenueHalt, message.shard, message.isHalted, message.ticket];
    case "set-phase":
      return [Ordinary.setPhase, message.symbol, message.isHalted, message.ticket];
    case "create-account":
      return [Ordinary.createAccount, message.account, message.ticket];
    case "credit-deposit":
      return [
        Ordinary.creditDeposit,
        message.account,
        message.asset,
        message.amount,
        message.ticket,
      ];
    case "ticket-served":
      return [Ordinary.ticketServed, message.ticket];
  }
}

/** Reads the next message of a batch. Throws {@link MalformedRecords}. */
export function readMessage(reader: RecordReader): Message {
  const kind = reader.kind();
  switch (kind) {
    case 0:
      return messageOf(new Fields(reader.ordinary()));
    case Row.placeOrder:
      return {
        kind: "place-order",
        account: accountIn(reader.name()),
        symbol: symbolIn(reader.name()),
        side: sideIn(reader.u8()),
        orderType: orderTypeIn(reader.u8()),
        timeInForce: timeInForceIn(reader.u8()),
        price: reader.integer(),
        quantity: reader.integer(),
        clientOrderId: clientOrderIdIn(reader.text()),
      };
    case Row.cancelOrder:
      return {
        kind: "cancel-order",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        clientOrderId: reader.text(),
      };
    case Row.replaceOrder:
      return {
        kind: "replace-order",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        clientOrderId: reader.text(),
        price: reader.integer(),
        quantity: reader.integer(),
        revision: reader.u32(),
      };
    case Row.submitOrder:
      return {
        kind: "submit-order",
        symbol: symbolIn(reader.name()),
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        side: sideIn(reader.u8()),
        orderType: orderTypeIn(reader.u8()),
        timeInForce: timeInForceIn(reader.u8()),
        price: reader.integer(),
        quantity: reader.integer(),
        budget: reader.integer(),
      };
    case Row.submitCancel:
      return {
        kind: "submit-cancel",
        symbol: symbolIn(reader.name()),
        account: accountIn(reader.name()),
        orderId: reader.integer(),
      };
    case Row.submitReplace:
      return {
        kind: "submit-replace",
        symbol: symbolIn(reader.name()),
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
      };
    default:
      return readAnswer(kind, reader);
  }
}

function readAnswer(kind: number, reader: RecordReader): Message {
  switch (kind) {
    case Row.orderRested:
      return {
        kind: "order-rested",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.orderFilled:
      return {
        kind: "order-filled",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        tradeId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
        remaining: reader.integer(),
        isTaker: reader.u8() === 1,
        updateId: reader.integer(),
      };
    case Row.orderRemoved:
      return {
        kind: "order-removed",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        canceled: reader.integer(),
        reason: reader.u16() as CloseReason,
        updateId: reader.integer(),
      };
    case Row.orderRefused:
      return {
        kind: "order-refused",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        reason: reader.u16() as RejectReason,
      };
    case Row.orderReplaced:
      return {
        kind: "order-replaced",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.changeRefused:
      return {
        kind: "change-refused",
        account: accountIn(reader.name()),
        orderId: reader.integer(),
        reason: reader.u16() as RejectReason,
        updateId: reader.integer(),
      };
    default:
      throw new MalformedRecords(`no message kind ${String(kind)}`);
  }
}

function messageOf(fields: Fields): Message {
  const number = fields.integer();
  switch (number) {
    case Ordinary.cancelAllOrders:
      return { kind: "cancel-all-orders", account: fields.account(), symbol: fields.symbolOrAll() };
    case Ordinary.addAsset:
      return { kind: "add-asset", asset: fields.asset(), decimals: fields.integer() };
    case Ordinary.listInstrument:
      return { kind: "list-instrument", terms: fields.terms() };
    case Ordinary.openAccount:
      return { kind: "open-account", account: fields.account() };
    case Ordinary.deposit:
      return {
        kind: "deposit",
        account: fields.account(),
        asset: fields.asset(),
        amount: fields.amount(),
        reference: fields.text(),
      };
    case Ordinary.haltTrading:
      return { kind: "halt-trading", ...fields.intervention() };
    case Ordinary.resumeTrading:
      return { kind: "resume-trading", ...fields.intervention() };
    case Ordinary.formShard:
      return {
        kind: "form-shard",
        cluster: fields.text(),
        shard: fields.integer(),
        shards: fields.integer(),
      };
    case Ordinary.claimEmitter:
      return { kind: "claim-emitter", node: fields.text(), emitterEpoch: fields.integer() };
    case Ordinary.tick:
      return { kind: "tick" };
    case Ordinary.checkpoint:
      return { kind: "checkpoint", label: fields.text() };
    default:
      return actorMessageOf(number, fields);
  }
}

function actorMessageOf(number: number, fields: Fields): Message {
  switch (number) {
    case Ordinary.announceAsset:
      return {
        kind: "announce-asset",
        shard: fields.integer(),
        asset: fields.asset(),
        decimals: fields.integer(),
      };
    case Ordinary.announceInstrument:
      return {
        kind: "announce-instrument",
        shard: fields.integer(),
        ticket: fields.integer(),
        terms: fields.terms(),
      };
    case Ordinary.announceVenueHalt:
      return {
        kind: "announce-venue-halt",
        shard: fields.integer(),
        isHalted: fields.boolean(),
        ticket: fields.integer(),
      };
    case Ordinary.setPhase:
      return {
        kind: "set-phase",
        symbol: fields.symbol(),
        isHalted: fields.boolean(),
        ticket: fields.integer(),
      };
    case Ordinary.createAccount:
      return { kind: "create-account", account: fields.account(), ticket: fields.integer() };
    case Ordinary.creditDeposit:
      return {
        kind: "credit-deposit",
        account: fields.account(),
        asset: fields.asset(),
        amount: fields.amount(),
        ticket: fields.integer(),
      };
    case Ordinary.ticketServed:
      return { kind: "ticket-served", ticket: fields.integer() };
    default:
      throw new MalformedRecords(`no message kind ${String(number)}`);
  }
}

export function fieldsOfTerms(terms: InstrumentTerms): readonly unknown[] {
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

/** Reads the fields of an ordinary record one after the other, each with its type. */
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
    return value;
  }

  amount(): Amount {
    const value = this.#next();
    if (!isAmount(value)) throw new MalformedRecords("field is not an amount");
    return value;
  }

  account(): string {
    return accountIn(this.text());
  }

  asset(): string {
    const text = this.text();
    if (!isAssetId(text)) throw new MalformedRecords("field is not an asset id");
    return text;
  }

  symbol(): string {
    return symbolIn(this.text());
  }

  symbolOrAll(): string {
    const text = this.text();
    return text === "" ? text : symbolIn(text);
  }

  intervention(): { symbol: string; author: string; reason: string } {
    return { symbol: this.symbolOrAll(), author: this.text(), reason: this.text() };
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

  #next(): unknown {
    return this.#fields[this.#at++];
  }
}

// A name that repeats through a frame is checked once: names come from few participants.
const knownAccounts = new Set<string>();
const knownSymbols = new Set<string>();
const knownNamesMax = 100_000;

function accountIn(text: string): string {
  if (knownAccounts.has(text)) return text;
  if (!isAccountId(text)) throw new MalformedRecords("not an account id");
  if (knownAccounts.size < knownNamesMax) knownAccounts.add(text);
  return text;
}

function symbolIn(text: string): string {
  if (knownSymbols.has(text)) return text;
  if (!isSymbol(text)) throw new MalformedRecords("not a symbol");
  if (knownSymbols.size < knownNamesMax) knownSymbols.add(text);
  return text;
}

function clientOrderIdIn(text: string): string {
  if (!isClientOrderId(text)) throw new MalformedRecords("not a client order id");
  return text;
}

function sideIn(value: number): Side {
  if (value > 1) throw new MalformedRecords("not a side");
  return value as Side;
}

function orderTypeIn(value: number): OrderType {
  if (value > 1) throw new MalformedRecords("not an order type");
  return value as OrderType;
}

function timeInForceIn(value: number): TimeInForce {
  if (value > 1) throw new MalformedRecords("not a time in force");
  return value as TimeInForce;
}
