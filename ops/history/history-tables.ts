/**
 * The tables that rows are written to, as the migrations make them: their columns in the order of a
 * row's fields, and how rows come in.
 */

/**
 * Which rows there are and what is in them. It counts up when the same entries give other rows:
 * then a history of before is written anew.
 */
export const rowsForm = 4;

/** Rows are added and never change; a partition for each month where there are many. */
export interface AppendTable {
  readonly columns: readonly string[];
  readonly isPartitioned: boolean;
}

/** A row for each key, which is as it was said last. */
export interface CurrentTable {
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Columns that stay as they were said first. */
  readonly fixed: readonly string[];
}

export const appendTables = {
  events: partitioned(
    "at shard sequence index account symbol order_id event status price quantity executed " +
      "trade_id reason revision",
  ),
  refusals: partitioned(
    "at shard sequence index command account symbol order_id order_name reason",
  ),
  fills: partitioned(
    "at shard sequence index trade_id order_id account symbol side liquidity price quantity " +
      "notional fee",
  ),
  ledger_entries: partitioned(
    "at shard sequence index account asset amount cause trade_id order_id",
  ),
  trades: partitioned(
    "at shard sequence index trade_id symbol price quantity taker_side buyer seller " +
      "buy_order_id sell_order_id",
  ),
  position_changes: partitioned(
    "at shard sequence index account symbol cause quantity cost realized",
  ),
  phases: plain("shard sequence index at symbol phase"),
  admin_actions: plain(
    "shard sequence index at command author reason details reject_reason approvals",
  ),
} as const;

export const currentTables = {
  assets: current("asset", "asset decimals"),
  instruments: current(
    "symbol",
    "symbol base quote base_units_per_lot quote_units_per_tick_lot maker_fee_basis_points " +
      "taker_fee_basis_points trading contract listed_at",
  ),
  orders: current(
    "order_id",
    "order_id account symbol client_order_id side type time_in_force instructions status price " +
      "quantity executed executed_notional fees reject_reason close_reason revision placed_at " +
      "gateway linked_order_id parent_order_id trace_id updated_at shard sequence",
    "placed_at gateway linked_order_id parent_order_id trace_id",
  ),
  balances: current("account asset", "account asset available reserved at shard sequence"),
  positions: current(
    "account symbol",
    "account symbol quantity cost realized funding fees bought sold fills last_price at",
  ),
  candles: current(
    "symbol span start_at",
    "symbol span start_at open high low close volume notional trades first_trade_id last_trade_id",
  ),
} as const;

/** Rows that are opened and of which columns change later. */
export const accountColumns = words("account participant shard is_blocked opened_at");

export type AppendTableName = keyof typeof appendTables;
export type CurrentTableName = keyof typeof currentTables;

function partitioned(columns: string): AppendTable {
  return { columns: words(columns), isPartitioned: true };
}

function plain(columns: string): AppendTable {
  return { columns: words(columns), isPartitioned: false };
}

function current(key: string, columns: string, fixed = ""): CurrentTable {
  return { columns: words(columns), key: words(key), fixed: words(fixed) };
}

function words(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}
