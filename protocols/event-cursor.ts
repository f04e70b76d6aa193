/**
 * Goes through the events of a batch without making an object of any: tells of each its kind, its
 * names and where its fields lie, for whoever reads thousands of events and few of them whole.
 *
 * `event-rows.ts` knows how the bytes lie.
 */
import {
  bestChangedAt,
  entryAddedAt,
  entryCanceledAt,
  entryExecutedAt,
  commandRepliedAt,
  EventRow,
  executionReportAt,
  levelChangedAt,
  orderLimitedAt,
  orderRepliedAt,
  tradedAt,
} from "./event-rows.ts";
import { batchOf, MalformedRecords, textLengthMax, unpack, wideName } from "./records.ts";

export class EventCursor {
  readonly names: readonly string[];
  readonly rows: DataView;
  /** The place of the event among all of the batch. */
  index = -1;
  /** One of {@link EventRow}. */
  kind: number = EventRow.ordinary;
  /** Numbers of names: of an execution report's account, and of a report's or market data's symbol. */
  account = 0;
  symbol = 0;
  /** Where the row's names end: its fields are counted from here. */
  at = 0;
  readonly #length: number;
  #next = 0;
  readonly #ordinary: readonly unknown[];
  #ordinaryLeft: number;

  /** Stands before the first event. Throws {@link MalformedRecords}. */
  constructor(events: Uint8Array) {
    const { names, rows, ordinary } = batchOf(unpack(events));
    this.names = names;
    this.rows = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    this.#length = rows.length;
    this.#ordinary = ordinary;
    this.#ordinaryLeft = ordinary.length;
  }

  /** The fields of the ordinary event that the cursor stands on, for `event-codec.ts` to read. */
  get ordinary(): readonly unknown[] {
    const fields = this.#ordinary[this.#ordinary.length - this.#ordinaryLeft - 1];
    if (!Array.isArray(fields)) throw new MalformedRecords("a row points at no ordinary record");
    return fields as readonly unknown[];
  }

  /**
   * Goes to the next event, or says that there is none. Throws {@link MalformedRecords} when the
   * row is cut short; what its fields hold is not looked at.
   */
  next(): boolean {
    const start = this.#next;
    const length = this.#length;
    if (start === length) {
      if (this.#ordinaryLeft === 0) return false;
      throw new MalformedRecords("not as many ordinary records as rows that point at them");
    }
    this.index += 1;
    this.kind = this.rows.getUint8(start);
    this.at = start + 1;
    const end = this.#readNames();
    if (end > length) throw new MalformedRecords("row cut short");
    this.#next = end;
    return true;
  }

  /** Tells where the row ends, too. */
  #readNames(): number {
    switch (this.kind) {
      case EventRow.ordinary:
        this.#ordinaryLeft -= 1;
        return this.at;
      case EventRow.orderReplied:
        this.#name();
        return this.at + orderRepliedAt.end;
      case EventRow.orderLimited:
        this.#name();
        return this.at + orderLimitedAt.end;
      case EventRow.commandReplied:
        this.#name();
        return this.at + commandRepliedAt.end;
      case EventRow.executionReport:
        this.account = this.#name();
        this.symbol = this.#name();
        return this.#endOfText(this.at + executionReportAt.clientOrderId);
      case EventRow.levelChanged:
        this.symbol = this.#name();
        return this.at + levelChangedAt.end;
      case EventRow.traded:
        this.symbol = this.#name();
        return this.at + tradedAt.end;
      case EventRow.bestChanged:
        this.symbol = this.#name();
        return this.at + bestChangedAt.end;
      case EventRow.entryAdded:
        this.symbol = this.#name();
        return this.at + entryAddedAt.end;
      case EventRow.entryExecuted:
        this.symbol = this.#name();
        return this.at + entryExecutedAt.end;
      case EventRow.entryCanceled:
        this.symbol = this.#name();
        return this.at + entryCanceledAt.end;
      default:
        throw new MalformedRecords(`no event kind ${String(this.kind)}`);
    }
  }

  #name(): number {
    const start = this.#advance(2);
    const short = this.rows.getUint16(start, true);
    const number = short === wideName ? this.rows.getUint32(this.#advance(4), true) : short;
    if (number >= this.names.length) throw new MalformedRecords("name beyond the table");
    return number;
  }

  #advance(bytes: number): number {
    const start = this.at;
    if (start + bytes > this.#length) throw new MalformedRecords("row cut short");
    this.at = start + bytes;
    return start;
  }

  #endOfText(start: number): number {
    if (start >= this.#length) throw new MalformedRecords("row cut short");
    const length = this.rows.getUint8(start);
    if (length > textLengthMax) throw new MalformedRecords("text is too long for a row");
    return start + 1 + length;
  }
}
