/**
 * The columns of the order record: their names, their order, what they hold and in which unit.
 *
 * CSV, Parquet and `docs/protocols/order-record.md` are all made from this list. A column that is
 * added, dropped or given another meaning makes another `recordVersion`.
 */

/** Of all that a record's rows and manifests are. */
export const recordVersion = 1;

export type ColumnName = (typeof columns)[number]["name"];

/** Whole numbers of up to 63 bits; moments are microseconds since the Unix epoch. */
export type ColumnKind = "text" | "integer" | "time";

export interface Column<Name extends string = ColumnName> {
  readonly name: Name;
  readonly kind: ColumnKind;
  /** "" where it has none. */
  readonly unit: string;
  readonly meaning: string;
}

export const columns = listed([
  number("shard", "", "In whose log it stands, from 0."),
  number("sequence", "", "The entry of that log, from 1."),
  number("index", "", "What of all that the entry brought about, from 0."),
  time("time", "Log time of the entry."),
  text("event", "What happened to the order: see below."),
  text(
    "command",
    "Of what was received, refused or repeated: the kind of command; of a change that a book in another shard refused, `origin` alone.",
  ),
  text("actor", "Who decided it: `account/` and an account, or `book/` and an instrument."),
  text("cause", "The kind of message that it followed from in that entry, or `moment`."),
  number("cause_index", "", "The `index` of that."),
  text("hop", "The message between two shards that brought it about: `from>to/frame/index`."),
  text("origin", "Of a command: the gateway's name, epoch, frame, and the place in it."),
  text("account", "Whose order it is."),
  text("participant", "Whose account it is."),
  text("symbol", "The instrument."),
  number("order_id", "", "Our name for the order; empty where a command became none."),
  text("client_order_id", "The account's own name for it."),
  text("side", "`buy` or `sell`."),
  text("order_type", "As in order entry: `limit`, `market`, `stop`."),
  text("time_in_force", "`GTC`, `IOC`, `FOK`, `DAY`, `GTD`, `ATO`, `ATC` or `GFA`."),
  text("instructions", "What it asked for beyond that, under the names of order entry, as JSON."),
  number("asked_price", "ticks", "Of a command that was received: its price."),
  number("asked_quantity", "lots", "Of a command that was received: its quantity."),
  text("status_before", "The order's status before; empty before there was an order."),
  number("price_before", "ticks", "Its limit before; 0 for none."),
  number("quantity_before", "lots", "Its whole quantity before, what was executed included."),
  number("executed_before", "lots", "How much of it was executed before."),
  number("remaining_before", "lots", "How much of it was open before."),
  text("status", "The order's status after."),
  number("price", "ticks", "Its limit after; 0 for none."),
  number("quantity", "lots", "Its whole quantity after."),
  number("executed", "lots", "How much of it is executed after."),
  number("remaining", "lots", "How much of it is open after."),
  number("executed_notional", "units of the quote asset", "What was paid for that so far."),
  number("revision", "", "How often the order was replaced."),
  time("priority_time", "When it took its place among the orders of its price."),
  text("reject_reason", "Why it was refused: see the reject reasons."),
  text("close_reason", "Why it ended, other than by a fill."),
  number("trade_id", "", "Our name for the execution; both of its orders have it."),
  number("counterparty_order_id", "", "The order at the other side, if both were told here."),
  number("last_price", "ticks", "At what price it was executed."),
  number("last_quantity", "lots", "How much of it was."),
  text("liquidity", "`maker`, `taker`, `auction` or `transfer`."),
  number("fee", "units of the quote asset", "What was charged for that; less than 0 for a rebate."),
]);

function text<Name extends string>(name: Name, meaning: string): Column<Name> {
  return { name, kind: "text", unit: "", meaning };
}

function number<Name extends string>(name: Name, unit: string, meaning: string): Column<Name> {
  return { name, kind: "integer", unit, meaning };
}

function time<Name extends string>(name: Name, meaning: string): Column<Name> {
  return { name, kind: "time", unit: "UTC", meaning };
}

function listed<Name extends string>(list: readonly Column<Name>[]): readonly Column<Name>[] {
  return list;
}
