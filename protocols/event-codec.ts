/**
 * Events as records: the number and the bytes of every kind that a step emits.
 *
 * These bytes are hashed on every replica at every step, and travel to the gateways as they are.
 * Hot kinds are rows, which `event-rows.ts` knows; the others are positional lists.
 */
import { unreachable } from "./assert.ts";
import { fieldsOfLeg, legIn, sumIn } from "./clearing-codecs.ts";
import { contractEventIn, fieldsOfContractEvent } from "./contract-event-codec.ts";
import { DepositStatus, WithdrawalStatus } from "./custody.ts";
import {
  EventRow,
  readBestChanged,
  readCommandReplied,
  readEntryAdded,
  readEntryCanceled,
  readEntryExecuted,
  readExecutionReport,
  readLevelChanged,
  readOrderLimited,
  readOrderReplied,
  readTraded,
  writeBestChanged,
  writeCommandReplied,
  writeEntryAdded,
  writeEntryCanceled,
  writeEntryExecuted,
  writeExecutionReport,
  writeLevelChanged,
  writeOrderReplied,
  writeTraded,
} from "./event-rows.ts";
import type {
  BuyInFlagged,
  DeliveryFailed,
  PenaltyCharged,
  SettlementFinal,
  ShardEvent,
  ToldEvent,
} from "./events.ts";
import { fieldsOfTerms, termsIn } from "./instrument-terms.ts";
import type { Side, TradingPhase } from "./order-terms.ts";
import { candleIn, fieldsOfCandle, fieldsOfStatistics, statisticsIn } from "./market-summaries.ts";
import { Fields, last } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField, RecordReader, RecordWriter } from "./records.ts";

const Ordinary = {
  balanceChanged: 100,
  instrumentListed: 101,
  phaseChanged: 102,
  emitterChanged: 103,
  stateHashed: 104,
  logicActivated: 108,
  auctionIndicated: 105,
  bandsChanged: 106,
  interventionRecorded: 107,
  candleClosed: 110,
  statisticsChanged: 111,
  depthChecksummed: 112,
  withdrawalChanged: 120,
  depositChanged: 121,
  settlementFinal: 190,
  accountSettled: 191,
  deliveryFailed: 192,
  buyInFlagged: 193,
  penaltyCharged: 194,
} as const;

/** More than a venue has assets. */
const listedMax = 100_000;

export function writeEvent(writer: RecordWriter, event: ToldEvent): void {
  switch (event.kind) {
    case "order-replied":
      writeOrderReplied(writer, event);
      return;
    case "command-replied":
      writeCommandReplied(writer, event);
      return;
    case "execution-report":
      writeExecutionReport(writer, event);
      return;
    case "level-changed":
      writeLevelChanged(writer, event);
      return;
    case "traded":
      writeTraded(writer, event);
      return;
    case "best-changed":
      writeBestChanged(writer, event);
      return;
    case "entry-added":
      writeEntryAdded(writer, event);
      return;
    case "entry-executed":
      writeEntryExecuted(writer, event);
      return;
    case "entry-canceled":
      writeEntryCanceled(writer, event);
      return;
    default:
      writer.ordinary(fieldsOfOrdinary(event));
  }
}

type OrdinaryEvent = Exclude<
  ShardEvent,
  | { kind: "order-replied" | "command-replied" | "execution-report" }
  | { kind: "level-changed" | "traded" | "best-changed" }
  | { kind: "entry-added" | "entry-executed" | "entry-canceled" }
>;

function fieldsOfOrdinary(event: OrdinaryEvent): readonly OrdinaryField[] {
  const of = Ordinary;
  switch (event.kind) {
    case "candle-closed":
      return [of.candleClosed, ...fieldsOfCandle(event)];
    case "statistics-changed":
      return [of.statisticsChanged, ...fieldsOfStatistics(event)];
    case "depth-checksummed":
      return [of.depthChecksummed, event.symbol, event.updateId, event.checksum];
    case "balance-changed": {
      const { account, asset, available, reserved } = event;
      return [of.balanceChanged, account, asset, available, reserved];
    }
    case "withdrawal-changed": {
      const { account, number, asset, amount, status, transaction } = event;
      return [of.withdrawalChanged, account, number, asset, amount, status, transaction];
    }
    case "deposit-changed": {
      const { account, asset, amount, transaction, output, status } = event;
      return [of.depositChanged, account, asset, amount, transaction, output, status];
    }
    case "settlement-final":
      return fieldsOfFinal(event);
    case "account-settled": {
      const { account, round, date, legs } = event;
      return [of.accountSettled, account, round, date, legs.map(fieldsOfLeg)];
    }
    case "position-changed":
    case "funding-paid":
    case "deficit-covered":
    case "margin-mode-changed":
    case "margin-moved":
    case "deficit-made-good":
    case "liquidation-moved":
    case "liquidation-fee-paid":
    case "position-handed-over":
    case "contract-funded":
    case "contract-expired":
      return fieldsOfContractEvent(event);
    case "delivery-failed":
    case "buy-in-flagged":
    case "penalty-charged":
      return fieldsOfFail(event);
    case "instrument-listed":
      return [of.instrumentListed, ...fieldsOfTerms(event.terms)];
    case "phase-changed":
      return [of.phaseChanged, event.symbol, event.phase];
    case "auction-indicated": {
      const { symbol, price, volume, surplusSide, surplus } = event;
      return [of.auctionIndicated, symbol, price, volume, surplusSide, surplus];
    }
    case "bands-changed": {
      const { symbol, referencePrice, lower, upper, isLimitState } = event;
      return [of.bandsChanged, symbol, referencePrice, lower, upper, isLimitState];
    }
    case "intervention-recorded": {
      const { command, target, author, reason } = event;
      return [of.interventionRecorded, command, target, author, reason];
    }
    case "emitter-changed":
      return [of.emitterChanged, event.node, event.emitterEpoch];
    case "logic-activated":
      return [of.logicActivated, event.version];
    case "state-hashed":
      return [of.stateHashed, event.label];
    default:
      return unreachable(event);
  }
}

/** Reads the next event of a batch. Throws {@link MalformedRecords}. */
export function readEvent(reader: RecordReader): ShardEvent {
  const kind = reader.kind();
  switch (kind) {
    case EventRow.ordinary:
      return ordinaryEventIn(reader.ordinary());
    case EventRow.orderReplied:
      return readOrderReplied(reader);
    case EventRow.orderLimited:
      return readOrderLimited(reader);
    case EventRow.commandReplied:
      return readCommandReplied(reader);
    case EventRow.executionReport:
      return readExecutionReport(reader);
    case EventRow.levelChanged:
      return readLevelChanged(reader);
    case EventRow.traded:
      return readTraded(reader);
    case EventRow.bestChanged:
      return readBestChanged(reader);
    case EventRow.entryAdded:
      return readEntryAdded(reader);
    case EventRow.entryExecuted:
      return readEntryExecuted(reader);
    case EventRow.entryCanceled:
      return readEntryCanceled(reader);
    default:
      throw new MalformedRecords(`no event kind ${String(kind)}`);
  }
}

/** Reads an ordinary record. Throws {@link MalformedRecords}. */
export function ordinaryEventIn(list: readonly unknown[]): ShardEvent {
  const fields = new Fields(list);
  const event = ordinaryEvent(fields.integer(), fields);
  fields.end();
  return event;
}

function balanceChangeIn(fields: Fields): ShardEvent {
  return {
    kind: "balance-changed",
    account: fields.account(),
    asset: fields.asset(),
    available: fields.amount(),
    reserved: fields.amount(),
  };
}

function withdrawalChangeIn(fields: Fields): ShardEvent {
  return {
    kind: "withdrawal-changed",
    account: fields.account(),
    number: fields.count(),
    asset: fields.asset(),
    amount: fields.amount(),
    status: fields.choice(WithdrawalStatus.failed) as WithdrawalStatus,
    transaction: fields.text(),
  };
}

function depositChangeIn(fields: Fields): ShardEvent {
  return {
    kind: "deposit-changed",
    account: fields.account(),
    asset: fields.asset(),
    amount: fields.amount(),
    transaction: fields.text(),
    output: fields.count(),
    status: fields.choice(DepositStatus.lost) as DepositStatus,
  };
}

function fieldsOfFinal(event: SettlementFinal): readonly OrdinaryField[] {
  const { round, date, trades, accounts, assets } = event;
  const rows = assets.map(({ asset, traded, netted }) => [asset, String(traded), String(netted)]);
  return [Ordinary.settlementFinal, round, date, trades, accounts, rows];
}

function fieldsOfFail(
  event: DeliveryFailed | BuyInFlagged | PenaltyCharged,
): readonly OrdinaryField[] {
  const of = Ordinary;
  switch (event.kind) {
    case "delivery-failed": {
      const { delivery, round, date, nextDate, symbol, seller, buyer } = event;
      const { goods, money, daysFailed } = event;
      const terms = [symbol, seller, buyer, goods, money, daysFailed];
      return [of.deliveryFailed, delivery, round, date, nextDate, ...terms];
    }
    case "buy-in-flagged": {
      const { delivery, account, asset, units, counterparty, since, daysFailed } = event;
      return [of.buyInFlagged, delivery, account, asset, units, counterparty, since, daysFailed];
    }
    case "penalty-charged": {
      const { account, round, asset, penalty, outstanding } = event;
      return [of.penaltyCharged, account, round, asset, String(penalty), String(outstanding)];
    }
    default:
      return unreachable(event);
  }
}

function depthChecksumIn(fields: Fields): ShardEvent {
  return {
    kind: "depth-checksummed",
    symbol: fields.symbol(),
    updateId: fields.count(),
    checksum: fields.choice(0xffffffff),
  };
}

function settlementFinalIn(fields: Fields): ShardEvent {
  return {
    kind: "settlement-final",
    round: fields.count(1),
    date: fields.count(),
    trades: fields.count(),
    accounts: fields.count(),
    assets: fields.lists(0, listedMax).map((row) => {
      const [asset, traded, netted] = [row.asset(), sumIn(row), sumIn(row)];
      row.end();
      return { asset, traded, netted };
    }),
  };
}

function accountSettledIn(fields: Fields): ShardEvent {
  return {
    kind: "account-settled",
    account: fields.account(),
    round: fields.count(1),
    date: fields.count(),
    legs: fields.lists(0, listedMax).map(legIn),
  };
}

function deliveryFailedIn(fields: Fields): ShardEvent {
  return {
    kind: "delivery-failed",
    delivery: fields.count(1),
    round: fields.count(1),
    date: fields.count(),
    nextDate: fields.count(),
    symbol: fields.symbol(),
    seller: fields.account(),
    buyer: fields.account(),
    goods: fields.amount(),
    money: fields.amount(),
    daysFailed: fields.count(1),
  };
}

function buyInFlaggedIn(fields: Fields): ShardEvent {
  return {
    kind: "buy-in-flagged",
    delivery: fields.count(1),
    account: fields.account(),
    asset: fields.asset(),
    units: fields.amount(),
    counterparty: fields.account(),
    since: fields.count(),
    daysFailed: fields.count(1),
  };
}

function penaltyChargedIn(fields: Fields): ShardEvent {
  return {
    kind: "penalty-charged",
    account: fields.account(),
    round: fields.count(1),
    asset: fields.asset(),
    penalty: sumIn(fields),
    outstanding: sumIn(fields),
  };
}

function ordinaryEvent(number: number, fields: Fields): ShardEvent {
  switch (number) {
    case Ordinary.candleClosed:
      return candleIn(fields);
    case Ordinary.statisticsChanged:
      return statisticsIn(fields);
    case Ordinary.depthChecksummed:
      return depthChecksumIn(fields);
    case Ordinary.balanceChanged:
      return balanceChangeIn(fields);
    case Ordinary.withdrawalChanged:
      return withdrawalChangeIn(fields);
    case Ordinary.depositChanged:
      return depositChangeIn(fields);
    case Ordinary.settlementFinal:
      return settlementFinalIn(fields);
    case Ordinary.accountSettled:
      return accountSettledIn(fields);
    case Ordinary.instrumentListed:
      return { kind: "instrument-listed", terms: termsIn(fields) };
    case Ordinary.phaseChanged:
      return {
        kind: "phase-changed",
        symbol: fields.symbol(),
        phase: fields.choice(last.tradingPhase) as TradingPhase,
      };
    case Ordinary.auctionIndicated:
      return {
        kind: "auction-indicated",
        symbol: fields.symbol(),
        price: fields.integer(),
        volume: fields.integer(),
        surplusSide: fields.choice(last.side) as Side,
        surplus: fields.integer(),
      };
    case Ordinary.bandsChanged:
      return {
        kind: "bands-changed",
        symbol: fields.symbol(),
        referencePrice: fields.integer(),
        lower: fields.integer(),
        upper: fields.integer(),
        isLimitState: fields.boolean(),
      };
    case Ordinary.interventionRecorded:
      return {
        kind: "intervention-recorded",
        command: fields.text(),
        target: fields.text(),
        author: fields.text(),
        reason: fields.text(),
      };
    case Ordinary.emitterChanged:
      return { kind: "emitter-changed", node: fields.party(), emitterEpoch: fields.count() };
    case Ordinary.logicActivated:
      return { kind: "logic-activated", version: fields.count(1) };
    case Ordinary.stateHashed:
      return { kind: "state-hashed", label: fields.text() };
    default:
      return contractEventIn(number, fields) ?? failEvent(number, fields);
  }
}

function failEvent(number: number, fields: Fields): ShardEvent {
  switch (number) {
    case Ordinary.deliveryFailed:
      return deliveryFailedIn(fields);
    case Ordinary.buyInFlagged:
      return buyInFlaggedIn(fields);
    case Ordinary.penaltyCharged:
      return penaltyChargedIn(fields);
    default:
      return noSuchEvent(number);
  }
}

function noSuchEvent(number: number): never {
  throw new MalformedRecords(`no event kind ${String(number)}`);
}
