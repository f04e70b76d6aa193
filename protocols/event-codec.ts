/**
 * Events as records: the number and the bytes of every kind that a step emits.
 *
 * These bytes are hashed on every replica at every step, and travel to the gateways as they are.
 * Hot kinds are rows, which `event-rows.ts` knows; the others are positional lists.
 */
import { unreachable } from "./assert.ts";
import {
  EventRow,
  readBestChanged,
  readCommandReplied,
  readExecutionReport,
  readLevelChanged,
  readOrderReplied,
  readTraded,
  writeBestChanged,
  writeCommandReplied,
  writeExecutionReport,
  writeLevelChanged,
  writeOrderReplied,
  writeTraded,
} from "./event-rows.ts";
import type { ShardEvent, ToldEvent } from "./events.ts";
import { Fields, fieldsOfTerms } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { RecordReader, RecordWriter } from "./records.ts";

const Ordinary = {
  balanceChanged: 100,
  instrumentListed: 101,
  phaseChanged: 102,
  emitterChanged: 103,
  stateHashed: 104,
} as const;

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
    case "balance-changed":
      writer.ordinary([
        Ordinary.balanceChanged,
        event.account,
        event.asset,
        event.available,
        event.reserved,
      ]);
      return;
    case "instrument-listed":
      writer.ordinary([Ordinary.instrumentListed, ...fieldsOfTerms(event.terms)]);
      return;
    case "phase-changed":
      writer.ordinary([Ordinary.phaseChanged, event.symbol, event.isHalted]);
      return;
    case "emitter-changed":
      writer.ordinary([Ordinary.emitterChanged, event.node, event.emitterEpoch]);
      return;
    case "state-hashed":
      writer.ordinary([Ordinary.stateHashed, event.label]);
      return;
    default:
      unreachable(event);
  }
}

/** Reads the next event of a batch. Throws {@link MalformedRecords}. */
export function readEvent(reader: RecordReader): ShardEvent {
  const kind = reader.kind();
  switch (kind) {
    case EventRow.ordinary:
      return eventInList(reader.ordinary());
    case EventRow.orderReplied:
      return readOrderReplied(reader);
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
    default:
      throw new MalformedRecords(`no event kind ${String(kind)}`);
  }
}

function eventInList(list: readonly unknown[]): ShardEvent {
  const fields = new Fields(list);
  const event = ordinaryEvent(fields.integer(), fields);
  fields.end();
  return event;
}

function ordinaryEvent(number: number, fields: Fields): ShardEvent {
  switch (number) {
    case Ordinary.balanceChanged:
      return {
        kind: "balance-changed",
        account: fields.account(),
        asset: fields.asset(),
        available: fields.amount(),
        reserved: fields.amount(),
      };
    case Ordinary.instrumentListed:
      return { kind: "instrument-listed", terms: fields.terms() };
    case Ordinary.phaseChanged:
      return { kind: "phase-changed", symbol: fields.symbol(), isHalted: fields.boolean() };
    case Ordinary.emitterChanged:
      return { kind: "emitter-changed", node: fields.party(), emitterEpoch: fields.count() };
    case Ordinary.stateHashed:
      return { kind: "state-hashed", label: fields.text() };
    default:
      throw new MalformedRecords(`no event kind ${String(number)}`);
  }
}
