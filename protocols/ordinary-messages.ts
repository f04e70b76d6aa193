/**
 * The ordinary kinds of message as positional lists: the number and the fields of each.
 *
 * What administrators, engine nodes and the governor say, and commands that hold several orders:
 * rare beside single orders. The numbers are in
 * the log for ever, as those of `message-codec.ts` are, and share their range.
 */
import { isActorAddress } from "./actor-address.ts";
import type { ActorAddress } from "./actor-address.ts";
import { adminCommandKinds, isAdminCommand } from "./admin-commands.ts";
import { approvalsIn, fieldsOfApproval } from "./approvals.ts";
import { assert } from "./assert.ts";
import type {
  AddAsset,
  ArmKillSwitch,
  BreakerLevel,
  CancelAllOrders,
  CancelAndPlace,
  Message,
  NeededApprovals,
  Pin,
} from "./messages.ts";
import { anySide } from "./messages.ts";
import {
  fieldsOfOrder,
  fieldsOfOrders,
  fieldsOfQuotes,
  orderIn,
  ordersIn,
  quotesIn,
} from "./nested-orders.ts";
import type {
  CancelFailure,
  ChannelMark,
  Intervention,
  KillScope,
  ListType,
} from "./order-terms.ts";
import { clearingCodecs } from "./clearing-codecs.ts";
import type { ClearingKind } from "./clearing-codecs.ts";
import { contractCodecs } from "./contract-codecs.ts";
import type { ContractMessageKind } from "./contract-codecs.ts";
import { custodyCodecs } from "./custody-codecs.ts";
import type { CustodyKind } from "./custody-codecs.ts";
import { liquidationCodecs } from "./liquidation-codecs.ts";
import type { LiquidationKind } from "./liquidation-codecs.ts";
import { marginCodecs } from "./margin-codecs.ts";
import type { MarginKind } from "./margin-codecs.ts";
import { riskCodecs } from "./risk-codecs.ts";
import type { RiskKind } from "./risk-codecs.ts";
import { feeScheduleIn, fieldsOfFeeSchedule } from "./fees.ts";
import type { FeeRates } from "./fees.ts";
import { fieldsOfTerms, termsIn } from "./instrument-terms.ts";
import { clientOrderIdOrNone, Fields, last } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";

/** Every kind that is no row. */
export type OrdinaryMessage = Extract<Message, { kind: OrdinaryKind }>;

type OrdinaryKind =
  | ClearingKind
  | ContractMessageKind
  | CustodyKind
  | LiquidationKind
  | MarginKind
  | RiskKind
  | "cancel-all-orders"
  | "place-order-list"
  | "cancel-and-place"
  | "mass-quote"
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
  | "activate-logic"
  | "set-nodes"
  | "announce-asset"
  | "announce-instrument"
  | "announce-venue-halt"
  | "publish-mark-price"
  | "arm-kill-switch"
  | "confirm-kill-switch"
  | "release-kill-switch"
  | "set-market-breaker"
  | "set-phase"
  | "watch-index"
  | "breaker-moved"
  | "block-account"
  | "create-account"
  | "credit-deposit"
  | "ticket-served"
  | "place-actor"
  | "add-shard"
  | "set-approval-policy"
  | "set-fee-schedule"
  | "set-account-fees"
  | "announce-placement"
  | "announce-shard"
  | "announce-pins"
  | "announce-approval-policy"
  | "announce-fee-schedule"
  | "apply-account-fees"
  | "mark-channel"
  | "hand-over"
  | "take-over"
  | "forward-reply";

type OfKind<Kind extends OrdinaryKind> = Extract<Message, { kind: Kind }>;

interface OrdinaryCodec<Kind extends OrdinaryKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

const codecs: { readonly [Kind in OrdinaryKind]: OrdinaryCodec<Kind> } = {
  ...clearingCodecs,
  ...contractCodecs,
  ...custodyCodecs,
  ...liquidationCodecs,
  ...marginCodecs,
  ...riskCodecs,
  "cancel-all-orders": {
    number: 100,
    fieldsOf: ({ account, symbol, side, priceMin, priceMax }) => [
      account,
      symbol,
      side,
      priceMin,
      priceMax,
    ],
    read: (fields) => ({
      account: fields.account(),
      symbol: fields.symbolOrAll(),
      side: fields.choice(anySide) as CancelAllOrders["side"],
      priceMin: fields.integer(),
      priceMax: fields.integer(),
    }),
  },
  "place-order-list": {
    number: 101,
    fieldsOf: (message) => [message.account, message.listType, fieldsOfOrders(message)],
    read: (fields) => {
      const account = fields.account();
      const listType = fields.choice(last.listType) as ListType;
      return { account, listType, orders: ordersIn(fields, account) };
    },
  },
  "cancel-and-place": {
    number: 102,
    fieldsOf: fieldsOfCancelAndPlace,
    read: (fields) => {
      const account = fields.account();
      return {
        account,
        orderId: fields.integer(),
        clientOrderId: clientOrderIdOrNone(fields.text()),
        ifCancelFails: fields.choice(last.cancelFailure) as CancelFailure,
        order: orderIn(fields.fields(), account),
      };
    },
  },
  "mass-quote": {
    number: 103,
    fieldsOf: ({ account, quoteId, quotes }) => [account, quoteId, fieldsOfQuotes(quotes)],
    read: (fields) => ({
      account: fields.account(),
      quoteId: fields.quoteId(),
      quotes: quotesIn(fields),
    }),
  },
  "add-asset": {
    number: 110,
    fieldsOf: (message) => [message.asset, message.decimals, ...fieldsOfAttribution(message)],
    read: (fields) => ({
      asset: fields.asset(),
      decimals: fields.integer(),
      ...attributionIn(fields),
    }),
  },
  "list-instrument": {
    number: 111,
    fieldsOf: (message) => [...fieldsOfTerms(message.terms), ...fieldsOfAttribution(message)],
    read: (fields) => ({ terms: termsIn(fields), ...attributionIn(fields) }),
  },
  "open-account": {
    number: 112,
    fieldsOf: (message) => [message.account, message.participant, ...fieldsOfAttribution(message)],
    read: (fields) => ({
      account: fields.account(),
      participant: fields.participant(),
      ...attributionIn(fields),
    }),
  },
  deposit: {
    number: 113,
    fieldsOf: ({ account, asset, amount, reference, ...attribution }) => [
      ...[account, asset, amount, reference],
      ...fieldsOfAttribution(attribution),
    ],
    read: (fields) => ({
      account: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
      reference: fields.text(),
      ...attributionIn(fields),
    }),
  },
  "halt-trading": {
    number: 114,
    fieldsOf: ({ symbol, author, reason }) => [symbol, author, reason],
    read: intervention,
  },
  "resume-trading": {
    number: 115,
    fieldsOf: ({ symbol, author, reason }) => [symbol, author, reason],
    read: intervention,
  },
  "form-shard": {
    number: 120,
    // Logs from before logic had versions name none: their bytes stay as they are.
    fieldsOf: ({ cluster, shard, shards, logic, founded }) => {
      assert(founded === undefined || logic !== undefined, "a shard was added without a logic");
      return [cluster, shard, shards, logic, founded].filter((field) => field !== undefined);
    },
    read: (fields) => ({
      cluster: fields.party(),
      shard: fields.count(),
      shards: fields.count(1),
      ...(fields.hasMore && { logic: fields.count(1) }),
      ...(fields.hasMore && { founded: fields.count(1) }),
    }),
  },
  "claim-emitter": {
    number: 121,
    fieldsOf: ({ node, emitterEpoch }) => [node, emitterEpoch],
    read: (fields) => ({ node: fields.party(), emitterEpoch: fields.count() }),
  },
  tick: {
    number: 122,
    fieldsOf: () => [],
    read: () => ({}),
  },
  checkpoint: {
    number: 123,
    fieldsOf: ({ label }) => [label],
    read: (fields) => ({ label: fields.text() }),
  },
  "activate-logic": {
    number: 125,
    fieldsOf: ({ version }) => [version],
    read: (fields) => ({ version: fields.count(1) }),
  },
  "set-nodes": {
    number: 127,
    fieldsOf: ({ nodes, nodesEpoch }) => [nodesEpoch, ...nodes],
    read: (fields) => {
      const nodesEpoch = fields.count();
      const nodes: string[] = [];
      while (fields.hasMore) nodes.push(fields.party());
      return { nodes, nodesEpoch };
    },
  },
  "announce-asset": {
    number: 130,
    fieldsOf: ({ shard, asset, decimals }) => [shard, asset, decimals],
    read: (fields) => ({
      shard: fields.count(),
      asset: fields.asset(),
      decimals: fields.integer(),
    }),
  },
  "announce-instrument": {
    number: 131,
    fieldsOf: ({ shard, ticket, terms }) => [shard, ticket, ...fieldsOfTerms(terms)],
    read: (fields) => ({ shard: fields.count(), ticket: fields.count(), terms: termsIn(fields) }),
  },
  "announce-venue-halt": {
    number: 132,
    fieldsOf: ({ shard, isHalted, ticket }) => [shard, isHalted, ticket],
    read: (fields) => ({
      shard: fields.count(),
      isHalted: fields.boolean(),
      ticket: fields.count(),
    }),
  },
  "set-phase": {
    number: 133,
    fieldsOf: ({ symbol, intervention, isPurged, ticket }) => [
      symbol,
      intervention,
      isPurged,
      ticket,
    ],
    read: (fields) => ({
      symbol: fields.symbol(),
      intervention: fields.choice(last.intervention) as Intervention,
      isPurged: fields.boolean(),
      ticket: fields.count(),
    }),
  },
  "watch-index": {
    number: 137,
    fieldsOf: ({ symbol, levels, ticket }) => [symbol, levels.map(fieldsOfLevel), ticket],
    read: (fields) => ({
      symbol: fields.symbol(),
      levels: levelsIn(fields),
      ticket: fields.count(),
    }),
  },
  "breaker-moved": {
    number: 138,
    fieldsOf: ({ symbol, isTripped }) => [symbol, isTripped],
    read: (fields) => ({ symbol: fields.symbol(), isTripped: fields.boolean() }),
  },
  "block-account": {
    number: 139,
    fieldsOf: ({ account, isBlocked, ticket }) => [account, isBlocked, ticket],
    read: (fields) => ({
      account: fields.account(),
      isBlocked: fields.boolean(),
      ticket: fields.count(),
    }),
  },
  "publish-mark-price": {
    number: 116,
    fieldsOf: (message) => [message.symbol, message.price, ...fieldsOfAttribution(message)],
    read: (fields) => ({
      symbol: fields.symbol(),
      price: fields.integer(),
      ...attributionIn(fields),
    }),
  },
  "arm-kill-switch": {
    number: 117,
    fieldsOf: ({ scope, target, author, reason }) => [scope, target, author, reason],
    read: killSwitch,
  },
  "confirm-kill-switch": {
    number: 118,
    fieldsOf: ({ number, author }) => [number, author],
    read: (fields) => ({ number: fields.integer(), author: fields.text() }),
  },
  "release-kill-switch": {
    number: 119,
    fieldsOf: ({ scope, target, author, reason }) => [scope, target, author, reason],
    read: killSwitch,
  },
  "set-market-breaker": {
    number: 124,
    fieldsOf: ({ symbol, levels, author, reason }) => [
      symbol,
      levels.map(fieldsOfLevel),
      author,
      reason,
    ],
    read: (fields) => ({
      symbol: fields.symbol(),
      levels: levelsIn(fields),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "create-account": {
    number: 134,
    fieldsOf: ({ account, participant, ticket }) => [account, participant, ticket],
    read: (fields) => ({
      account: fields.account(),
      participant: fields.participant(),
      ticket: fields.count(),
    }),
  },
  "credit-deposit": {
    number: 135,
    fieldsOf: ({ account, asset, amount, ticket }) => [account, asset, amount, ticket],
    read: (fields) => ({
      account: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
      ticket: fields.count(),
    }),
  },
  "ticket-served": {
    number: 136,
    fieldsOf: ({ ticket }) => [ticket],
    read: (fields) => ({ ticket: fields.count() }),
  },
  "place-actor": {
    number: 126,
    fieldsOf: ({ actor, shard, author, reason }) => [actor, shard, author, reason],
    read: (fields) => ({
      actor: actorIn(fields),
      shard: fields.integer(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "add-shard": {
    number: 128,
    fieldsOf: ({ shards, author, reason }) => [shards, author, reason],
    read: (fields) => ({
      shards: fields.integer(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "set-approval-policy": {
    number: 129,
    fieldsOf: ({ command, needed, author, reason }) => [command, needed, author, reason],
    read: (fields) => ({
      command: fields.word(adminCommandKinds),
      needed: fields.integer(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "set-fee-schedule": {
    number: 150,
    fieldsOf: (message) => [...fieldsOfFeeSchedule(message), message.author, message.reason],
    read: (fields) => ({
      ...feeScheduleIn(fields),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "set-account-fees": {
    number: 151,
    fieldsOf: ({ account, symbol, rates, author, reason }) => [
      account,
      symbol,
      fieldsOfRates(rates),
      author,
      reason,
    ],
    read: (fields) => ({
      account: fields.account(),
      symbol: fields.symbolOrAll(),
      rates: ratesIn(fields.fields()),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "announce-fee-schedule": {
    number: 152,
    fieldsOf: (message) => [message.shard, ...fieldsOfFeeSchedule(message), message.ticket],
    read: (fields) => ({
      shard: fields.count(),
      ...feeScheduleIn(fields),
      ticket: fields.count(),
    }),
  },
  "apply-account-fees": {
    number: 153,
    fieldsOf: ({ account, symbol, rates, ticket }) => [
      account,
      symbol,
      fieldsOfRates(rates),
      ticket,
    ],
    read: (fields) => ({
      account: fields.account(),
      symbol: fields.symbolOrAll(),
      rates: ratesIn(fields.fields()),
      ticket: fields.count(),
    }),
  },
  "announce-approval-policy": {
    number: 147,
    fieldsOf: ({ shard, policy, ticket }) => [shard, ticket, ...policy.flat()],
    read: (fields) => {
      const [shard, ticket] = [fields.count(), fields.count()];
      const policy: NeededApprovals[] = [];
      while (fields.hasMore) policy.push([fields.word(adminCommandKinds), fields.count()]);
      return { shard, policy, ticket };
    },
  },
  "announce-shard": {
    number: 145,
    fieldsOf: ({ shard, shards, ticket }) => [shard, shards, ticket],
    read: (fields) => ({ shard: fields.count(), shards: fields.count(1), ticket: fields.count() }),
  },
  "announce-pins": {
    number: 146,
    fieldsOf: ({ shard, epoch, pins, ticket }) => [shard, epoch, ticket, ...pins.flat()],
    read: (fields) => {
      const [shard, epoch, ticket] = [fields.count(), fields.count(), fields.count()];
      const pins: Pin[] = [];
      while (fields.hasMore) pins.push([actorIn(fields), fields.count()]);
      return { shard, epoch, pins, ticket };
    },
  },
  "announce-placement": {
    number: 140,
    fieldsOf: ({ shard, epoch, actor, home, ticket }) => [shard, epoch, actor, home, ticket],
    read: (fields) => ({
      shard: fields.count(),
      epoch: fields.count(1),
      actor: actorIn(fields),
      home: fields.count(),
      ticket: fields.count(),
    }),
  },
  "mark-channel": {
    number: 141,
    fieldsOf: ({ shard, from, epoch, mark }) => [shard, from, epoch, mark],
    read: (fields) => ({
      shard: fields.count(),
      from: fields.count(),
      epoch: fields.count(1),
      mark: fields.choice(last.channelMark) as ChannelMark,
    }),
  },
  "hand-over": {
    number: 142,
    fieldsOf: ({ shard, from, actor, timeUs, size, part }) => [
      ...[shard, from, actor, timeUs, size],
      part,
    ],
    read: (fields) => ({
      shard: fields.count(),
      from: fields.count(),
      actor: actorIn(fields),
      timeUs: fields.count(),
      size: fields.count(1),
      // A copy: a view would keep the bytes of the whole frame in memory.
      part: new Uint8Array(fields.bytes()),
    }),
  },
  "take-over": {
    number: 143,
    fieldsOf: ({ shard, bytes }) => [shard, bytes],
    read: (fields) => ({ shard: fields.count(), bytes: fields.count(1) }),
  },
  "forward-reply": {
    number: 144,
    fieldsOf: ({ shard, records }) => [shard, records],
    read: (fields) => ({ shard: fields.count(), records: new Uint8Array(fields.bytes()) }),
  },
};

type Attribution = Pick<AddAsset, "author" | "reason">;

/** Behind all others, and left out where nobody is named: the bytes of before stay as they are. */
function fieldsOfRates(rates: FeeRates | undefined): readonly OrdinaryField[] {
  return rates === undefined ? [] : [rates.makerPpm, rates.takerPpm];
}

function ratesIn(fields: Fields): FeeRates | undefined {
  const rates = fields.hasMore
    ? { makerPpm: fields.integer(), takerPpm: fields.integer() }
    : undefined;
  fields.end();
  return rates;
}

function fieldsOfAttribution({ author, reason = "" }: Attribution): readonly OrdinaryField[] {
  return author === undefined ? [] : [author, reason];
}

function attributionIn(fields: Fields): Attribution {
  return fields.hasMore ? { author: fields.text(), reason: fields.text() } : {};
}

/** Behind all else, and left out where there are none: the bytes of before stay as they are. */
function fieldsOfApprovals(message: OrdinaryMessage): readonly OrdinaryField[] {
  if (!isAdminCommand(message) || message.approvals === undefined) return [];
  assert(message.author !== undefined, "approved is what somebody commands");
  assert(message.approvals.length > 0, "no approvals are left out");
  return [message.approvals.map(fieldsOfApproval)];
}

function fieldsOfCancelAndPlace(message: CancelAndPlace): readonly OrdinaryField[] {
  const { account, orderId, clientOrderId, ifCancelFails, order } = message;
  assert(order.account === account, "an order of another account");
  return [account, orderId, clientOrderId, ifCancelFails, fieldsOfOrder(order)];
}

function actorIn(fields: Fields): ActorAddress {
  const text = fields.text();
  if (!isActorAddress(text)) throw new MalformedRecords("field is not an actor's address");
  return text;
}

type KillSwitch = Pick<ArmKillSwitch, "scope" | "target" | "author" | "reason">;

function killSwitch(fields: Fields): KillSwitch {
  return {
    scope: fields.choice(last.killScope) as KillScope,
    target: fields.text(),
    author: fields.text(),
    reason: fields.text(),
  };
}

/** More levels than any market has. */
export const breakerLevelsMax = 10;

function fieldsOfLevel({ basisPoints, haltSeconds }: BreakerLevel): readonly number[] {
  return [basisPoints, haltSeconds];
}

function levelsIn(fields: Fields): readonly BreakerLevel[] {
  return fields.lists(0, breakerLevelsMax).map((list) => {
    const level = { basisPoints: list.integer(), haltSeconds: list.integer() };
    list.end();
    return level;
  });
}

function intervention(fields: Fields): { symbol: string; author: string; reason: string } {
  return { symbol: fields.symbolOrAll(), author: fields.text(), reason: fields.text() };
}

/** The list for a message: its kind's number, then its fields. */
export function listOfMessage(message: OrdinaryMessage): readonly OrdinaryField[] {
  const { number, fieldsOf } = codecs[message.kind] as OrdinaryCodec<OrdinaryKind>;
  return [number, ...fieldsOf(message), ...fieldsOfApprovals(message)];
}

const kindsByNumber = new Map(
  (Object.keys(codecs) as OrdinaryKind[]).map((kind) => [codecs[kind].number, kind]),
);

/** Reads such a list. Throws {@link MalformedRecords}. */
export function messageInList(list: readonly unknown[]): OrdinaryMessage {
  const fields = new Fields(list);
  const number = fields.integer();
  const kind = kindsByNumber.get(number);
  if (kind === undefined) throw new MalformedRecords(`no message kind ${String(number)}`);
  const message = { kind, ...codecs[kind].read(fields) } as OrdinaryMessage;
  const isApproved = fields.hasMore && isAdminCommand(message);
  const approved = isApproved ? { ...message, approvals: approvalsIn(fields) } : message;
  fields.end();
  return approved;
}
