/**
 * What a history has to say of a venue in memory, found in another way: from all that was told
 * while it traded, and from what its accounts have in the end.
 */
import type { TestVenue } from "../../../actors/testing/test-venue.ts";
import {
  ContractKind,
  isAdminCommand,
  Liquidity,
  PositionCause,
  RejectReason,
  rejectReasonName,
  Side,
  traceIdOfOrder,
} from "../../../protocols/index.ts";
import type { ExecutionReport, ShardEvent } from "../../../protocols/index.ts";
import { candleIntervalWords } from "../../../protocols/api/market-summaries.ts";
import {
  closeReasonWords,
  liquidityWords,
  orderStatusWords,
  sideWords,
  tradingPhaseWords,
  wordOf,
} from "../../../protocols/api/words.ts";
import type { Database } from "../database.ts";

type OfKind<Kind extends ShardEvent["kind"]> = Extract<ShardEvent, { kind: Kind }>;

/** By what is asked, rows as text, in order. */
export type Findings = Readonly<Record<string, readonly string[]>>;

/** What the tables say. */
export async function findingsIn(database: Database): Promise<Findings> {
  const found: [string, readonly string[]][] = [];
  for (const [name, statement] of Object.entries(statements)) {
    const { rows } = await database.ask({ statement });
    found.push([name, rows.map((row) => row.join(" ")).sort()]);
  }
  return Object.fromEntries(found);
}

const statements = {
  orders:
    "SELECT order_id, account, symbol, client_order_id, side, status, price, quantity, executed, " +
    "executed_notional, revision, fees, reject_reason, close_reason FROM orders",
  origins:
    "SELECT order_id, trace_id, CASE WHEN parent_order_id = 0 THEN gateway ELSE 'gw' || gateway END " +
    "FROM orders",
  // Nobody is told of an order before it is placed, nor of the one that placed it after that.
  untimely:
    "SELECT order_id FROM orders AS o WHERE placed_at > (SELECT min(at) FROM events AS e " +
    "WHERE e.order_id = o.order_id) OR parent_order_id >= order_id OR linked_order_id = order_id",
  // Either one names the other.
  unpaired:
    "SELECT o.order_id FROM orders AS o LEFT JOIN orders AS p ON p.order_id = o.linked_order_id " +
    "WHERE o.linked_order_id <> 0 AND p.linked_order_id IS DISTINCT FROM o.order_id",
  refusals: "SELECT account, order_id, reason FROM refusals",
  participants: "SELECT participant, accounts FROM participants",
  eventCount: "SELECT count(*) FROM events",
  fills: "SELECT account, order_id, trade_id, side, liquidity, price, quantity, fee FROM fills",
  trades:
    "SELECT trade_id, symbol, price, quantity, taker_side, buyer, seller, buy_order_id, " +
    "sell_order_id FROM trades",
  balances:
    "SELECT account, asset, available, reserved FROM balances WHERE available + reserved <> 0",
  differences: "SELECT * FROM ledger_differences",
  positions: "SELECT account, symbol, quantity, fees, fills FROM positions",
  // A position in a contract is what its last change has made of it.
  contractPositions:
    "SELECT account, symbol, quantity, cost, realized, funding " +
    "FROM positions JOIN instruments USING (symbol) WHERE contract IS NOT NULL",
  standingPositions:
    "SELECT account, symbol, quantity, cost FROM positions JOIN instruments USING (symbol) " +
    "WHERE contract IS NOT NULL AND quantity <> 0",
  positionChanges: "SELECT account, symbol, cause, quantity, cost, realized FROM position_changes",
  contracts:
    "SELECT symbol, contract->>'kind', contract->>'maintenanceMarginPpm' FROM instruments " +
    "WHERE contract IS NOT NULL",
  // What was paid and got for goods is what they cost and what was made of it.
  unbalanced:
    "SELECT * FROM positions JOIN instruments USING (symbol) " +
    "WHERE contract IS NULL AND CASE WHEN quantity >= 0 THEN bought - sold <> cost - realized " +
    "ELSE sold - bought <> cost + realized END",
  candles: "SELECT symbol, span, open, high, low, close, volume, notional, trades FROM candles",
  phases: "SELECT symbol, phase FROM phases",
  homes: "SELECT account, shard FROM accounts",
  interventions:
    "SELECT author, reason FROM admin_actions WHERE reject_reason = 'none' AND " +
    "command IN ('halt-trading', 'resume-trading')",
};

/** What they have to say. */
export function findingsOf(venue: TestVenue): Findings {
  const told = <Kind extends ShardEvent["kind"]>(kind: Kind): readonly OfKind<Kind>[] =>
    venue.events.filter((event): event is OfKind<Kind> => event.kind === kind);
  const reports = told("execution-report");
  const fills = reports.filter(({ tradeId }) => tradeId !== 0);
  const texts: Findings = {
    orders: [...Map.groupBy(reports, ({ orderId }) => orderId).values()].map(orderText),
    origins: [...new Set(reports.map(({ orderId }) => orderId))].map(
      (orderId) => `${orderId} ${traceIdOfOrder("test", orderId)} gw`,
    ),
    untimely: [],
    unpaired: [],
    refusals: refusalTexts(venue),
    participants: participantTexts(venue),
    eventCount: [String(reports.length)],
    fills: fills.map(fillText),
    trades: told("traded").map((trade) => tradeText(trade, fills)),
    balances: balanceTexts(venue),
    differences: [],
    positions: positionTexts(fills, told("position-changed")),
    contractPositions: contractTexts(told("position-changed")),
    standingPositions: standingTexts(venue),
    positionChanges: told("position-changed").map(
      ({ account, symbol, cause, lots, cost, realised }) => {
        const word = Object.keys(PositionCause)[cause];
        return [account, symbol, word, lots, cost, realised].join(" ");
      },
    ),
    contracts: contractTermsTexts(venue),
    unbalanced: [],
    candles: told("candle-closed").map((candle) => {
      const { symbol, interval, open, high, low, close, volume, notional, trades } = candle;
      const span = wordOf(candleIntervalWords, interval);
      return [symbol, span, open, high, low, close, volume, notional, trades].join(" ");
    }),
    phases: told("phase-changed").map(
      ({ symbol, phase }) => `${symbol} ${wordOf(tradingPhaseWords, phase)}`,
    ),
    homes: venue.shards.flatMap((shard) =>
      [...shard.accounts()].map(({ id }) => `${id} ${shard.shard}`),
    ),
    interventions: told("intervention-recorded")
      .filter(({ command }) => command === "halt-trading" || command === "resume-trading")
      .map(({ author, reason }) => `${author} ${reason.replaceAll("\0", "\ufffd")}`),
  };
  return Object.fromEntries(Object.entries(texts).map(([name, rows]) => [name, rows.toSorted()]));
}

function orderText(reports: readonly ExecutionReport[]): string {
  const report = reports.at(-1)!;
  const fees = reports.reduce((sum, { fee }) => sum + BigInt(fee), 0n);
  const { orderId, account, symbol, clientOrderId, price, quantity, executed } = report;
  const side = wordOf(sideWords, report.side);
  const status = wordOf(orderStatusWords, report.status);
  return [
    ...[orderId, account, symbol, clientOrderId, side, status, price, quantity, executed],
    ...[report.executedNotional, report.revision, fees, rejectReasonName(report.rejectReason)],
    wordOf(closeReasonWords, report.closeReason),
  ].join(" ");
}

/** Of all commands about orders those that were answered with a reason, and not by a report. */
function refusalTexts(venue: TestVenue): readonly string[] {
  const rejected = new Map(
    venue.events
      .filter((event) => event.kind === "execution-report")
      .map(({ orderId, rejectReason }) => [orderId, rejectReason]),
  );
  return venue.commands.flatMap((sent) => {
    const { command } = sent;
    if (!("account" in command) || isAdminCommand(command)) return [];
    if (isCustodyRequest(command)) return [];
    return venue.repliesTo(sent).flatMap((reply) => {
      const { rejectReason } = reply;
      const orderId = "orderId" in reply ? reply.orderId : 0;
      const isTold = !("isDuplicate" in reply && reply.isDuplicate);
      if (rejectReason === RejectReason.none) return [];
      if (isTold && orderId !== 0 && rejected.get(orderId) === rejectReason) return [];
      return [`${command.account} ${orderId} ${rejectReasonName(rejectReason)}`];
    });
  });
}

function isCustodyRequest({ kind }: { readonly kind: string }): boolean {
  return kind.endsWith("-withdrawal") || kind.endsWith("-address");
}

function participantTexts({ shards }: TestVenue): readonly string[] {
  const accounts = shards.flatMap((shard) => [...shard.accounts()]);
  const byParticipant = Map.groupBy(accounts, ({ participant }) => participant);
  return [...byParticipant].map(([participant, of]) => `${participant} ${of.length}`);
}

function fillText(fill: ExecutionReport): string {
  const { account, orderId, tradeId, side, liquidity, lastPrice, lastQuantity, fee } = fill;
  const words = [wordOf(sideWords, side), wordOf(liquidityWords, liquidity)];
  return [account, orderId, tradeId, ...words, lastPrice, lastQuantity, fee].join(" ");
}

function tradeText(trade: OfKind<"traded">, fills: readonly ExecutionReport[]): string {
  const { tradeId, symbol, price, quantity, takerSide } = trade;
  const sides = fills.filter((fill) => fill.tradeId === tradeId);
  const buy = sides.find(({ side }) => side === Side.buy);
  const sell = sides.find(({ side }) => side === Side.sell);
  return [
    ...[tradeId, symbol, price, quantity, wordOf(sideWords, takerSide)],
    ...[buy?.account, sell?.account, buy?.orderId, sell?.orderId],
  ].join(" ");
}

function balanceTexts({ shards }: TestVenue): readonly string[] {
  return shards.flatMap((shard) =>
    [...shard.accounts()].flatMap((account) =>
      account
        .balances()
        .filter(({ available, reserved }) => available !== 0 || reserved !== 0)
        .map(({ asset, available, reserved }) => `${account.id} ${asset} ${available} ${reserved}`),
    ),
  );
}

/** Of a contract whose position changes by more than fills, the last change says what there is. */
function positionTexts(
  fills: readonly ExecutionReport[],
  changes: readonly OfKind<"position-changed">[],
): readonly string[] {
  const lots = new Map(changes.map((change) => [keyOf(change), change.lots]));
  const byPosition = Map.groupBy(fills, ({ account, symbol }) => `${account} ${symbol}`);
  return [...new Set([...byPosition.keys(), ...lots.keys()])].map((key) => {
    const of = byPosition.get(key) ?? [];
    const signed = of.map((fill) => (fill.side === Side.buy ? 1 : -1) * fill.lastQuantity);
    const quantity = lots.get(key) ?? signed.reduce((sum, count) => sum + count, 0);
    const fees = of.reduce((sum, { fee }) => sum + BigInt(fee), 0n);
    return `${key} ${quantity} ${fees} ${of.length}`;
  });
}

function keyOf({ account, symbol }: { account: string; symbol: string }): string {
  return `${account} ${symbol}`;
}

function contractTexts(changes: readonly OfKind<"position-changed">[]): readonly string[] {
  return [...Map.groupBy(changes, keyOf)].map(([key, of]) => {
    const sumOf = (isFunding: boolean): bigint =>
      of
        .filter(({ cause }) => (cause === PositionCause.funding) === isFunding)
        .reduce((sum, { realised }) => sum + BigInt(realised), 0n);
    const { lots, cost } = of.at(-1)!;
    return [key, lots, cost, sumOf(false), sumOf(true)].join(" ");
  });
}

/** What accounts say that they have. */
function standingTexts({ shards }: TestVenue): readonly string[] {
  return shards.flatMap((shard) =>
    [...shard.accounts()].flatMap((account) =>
      account
        .positions(shard.directory)
        .filter(({ lots }) => lots !== 0)
        .map(({ symbol, lots, cost }) => [account.id, symbol, lots, cost].join(" ")),
    ),
  );
}

function contractTermsTexts({ first }: TestVenue): readonly string[] {
  return first.directory.instruments().flatMap(({ symbol, contract }) => {
    if (contract === undefined) return [];
    const kind = contract.kind === ContractKind.perpetual ? "perpetual" : "future";
    return [[symbol, kind, contract.maintenanceMarginPpm].join(" ")];
  });
}

/** How many of the fills are transfers, which are no trades. */
export function transfersOf({ events }: TestVenue): number {
  return events.filter(
    (event) => event.kind === "execution-report" && event.liquidity === Liquidity.transfer,
  ).length;
}
