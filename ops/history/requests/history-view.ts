/** What each request about the past tells of: from which table, and how its rows read. */
import type { HistoryRequestName } from "../../../protocols/api/history.ts";
import type {
  Fill,
  LedgerEntry,
  PastOrder,
  PastTrade,
} from "../../../protocols/api/history-replies.ts";
import type { ShownInstructions } from "../../../protocols/api/replies.ts";
import type { Candle } from "../../../protocols/api/market-summaries.ts";

/** Values of a row by column, as the database writes them; times in µs since 1970. */
export type ViewRow = Readonly<Record<string, unknown>>;

export interface HistoryView {
  readonly table: string;
  /** The columns that rows are sorted by: a time, and what tells rows of one time apart. */
  readonly time: string;
  readonly key: readonly string[];
  /** Whether rows stay as they are, named by where in the logs they come from. */
  readonly isAppended: boolean;
  /** What else is told of a row. */
  readonly columns: readonly string[];
  /** Further columns that are times. */
  readonly times?: readonly string[];
  /** Under which name the reply has the rows. */
  readonly rows: string;
  readonly render: (row: ViewRow) => object;
}

const named = { time: "at", key: ["shard", "sequence", "index"], isAppended: true } as const;

export const historyViews: Readonly<Record<HistoryRequestName, HistoryView>> = {
  "history.orders": {
    ...{ table: "orders", time: "placed_at", key: ["order_id"], isAppended: false },
    columns: words(
      "client_order_id symbol side type time_in_force instructions status close_reason " +
        "reject_reason price quantity executed executed_notional fees revision",
    ),
    times: ["updated_at"],
    rows: "orders",
    render: renderOrder,
  },
  "history.fills": {
    ...{ ...named, table: "fills", rows: "fills", render: renderFill },
    columns: words("trade_id order_id symbol side liquidity price quantity notional fee"),
  },
  "history.ledger": {
    ...{ ...named, table: "ledger_entries", rows: "entries", render: renderLedgerEntry },
    columns: words("asset amount cause trade_id order_id"),
  },
  // Between whom a trade was made is nobody's business but theirs.
  "history.trades": {
    ...{ ...named, table: "trades", rows: "trades", render: renderTrade },
    columns: words("trade_id price quantity taker_side"),
  },
  "history.candles": {
    ...{ table: "candles", time: "start_at", key: [], isAppended: false },
    columns: words("open high low close volume notional trades first_trade_id last_trade_id"),
    rows: "candles",
    render: renderCandle,
  },
};

function renderOrder(row: ViewRow): PastOrder {
  const rejectReason = text(row, "reject_reason");
  return {
    orderId: number(row, "order_id"),
    clientOrderId: text(row, "client_order_id"),
    symbol: text(row, "symbol"),
    side: text<PastOrder["side"]>(row, "side"),
    type: text<PastOrder["type"]>(row, "type"),
    timeInForce: text<PastOrder["timeInForce"]>(row, "time_in_force"),
    status: text<PastOrder["status"]>(row, "status"),
    closeReason: text<PastOrder["closeReason"]>(row, "close_reason"),
    ...(rejectReason === "none" ? {} : { rejectReason }),
    price: number(row, "price"),
    quantity: number(row, "quantity"),
    executed: number(row, "executed"),
    executedNotional: text(row, "executed_notional"),
    fees: text(row, "fees"),
    revision: number(row, "revision"),
    placedAtUs: number(row, "placed_at"),
    updatedAtUs: number(row, "updated_at"),
    ...instructionsIn(row),
  };
}

/** As the request that placed the order named them. */
function instructionsIn(row: ViewRow): ShownInstructions {
  if (row["instructions"] === null) return {};
  return JSON.parse(text(row, "instructions")) as ShownInstructions;
}

function renderFill(row: ViewRow): Fill {
  return {
    ...placeOf(row),
    tradeId: number(row, "trade_id"),
    orderId: number(row, "order_id"),
    symbol: text(row, "symbol"),
    side: text<Fill["side"]>(row, "side"),
    liquidity: text<Fill["liquidity"]>(row, "liquidity"),
    price: number(row, "price"),
    quantity: number(row, "quantity"),
    notional: text(row, "notional"),
    fee: text(row, "fee"),
  };
}

function renderLedgerEntry(row: ViewRow): LedgerEntry {
  const [tradeId, orderId] = [number(row, "trade_id"), number(row, "order_id")];
  return {
    ...placeOf(row),
    asset: text(row, "asset"),
    amount: text(row, "amount"),
    cause: text<LedgerEntry["cause"]>(row, "cause"),
    ...(tradeId === 0 ? {} : { tradeId }),
    ...(orderId === 0 ? {} : { orderId }),
  };
}

function renderTrade(row: ViewRow): PastTrade {
  return {
    ...placeOf(row),
    tradeId: number(row, "trade_id"),
    price: number(row, "price"),
    quantity: number(row, "quantity"),
    takerSide: text<PastTrade["takerSide"]>(row, "taker_side"),
  };
}

function renderCandle(row: ViewRow): Candle {
  return {
    startUs: number(row, "start_at"),
    open: number(row, "open"),
    high: number(row, "high"),
    low: number(row, "low"),
    close: number(row, "close"),
    volume: text(row, "volume"),
    notional: text(row, "notional"),
    trades: number(row, "trades"),
    firstTradeId: number(row, "first_trade_id"),
    lastTradeId: number(row, "last_trade_id"),
    isClosed: true,
  };
}

function placeOf(row: ViewRow) {
  return {
    timeUs: number(row, "at"),
    shard: number(row, "shard"),
    sequence: number(row, "sequence"),
    index: number(row, "index"),
  };
}

function number(row: ViewRow, column: string): number {
  return Number(row[column]);
}

/** What the projector wrote of a closed list is on it. */
function text<Word extends string = string>(row: ViewRow, column: string): Word {
  return String(row[column]) as Word;
}

function words(text: string): readonly string[] {
  return text.split(" ");
}
