/**
 * Answers to questions about a shard's state. They read; nothing changes.
 */
import { add, TradingPhase } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  Amount,
  Answer,
  Ask,
  AssetId,
  BalanceView,
  InstrumentSymbol,
  Placement,
  QuestionKind,
  TimeUs,
} from "../../protocols/index.ts";
import type { Account } from "../account/account.ts";
import type { Book } from "../book/book.ts";
import type { Directory } from "../directory/directory.ts";
import type { Governor } from "../governor/governor.ts";
import type { Market } from "../market/market.ts";

/** The actors of a shard, to be read. */
export interface ShardActors {
  readonly placement: Placement;
  /** The actor that moves, as far as this shard has a part in that. */
  readonly moving: ActorAddress | undefined;
  readonly timeUs: TimeUs;
  readonly directory: Directory;
  readonly governor: Governor;
  account(id: AccountId): Account | undefined;
  book(symbol: InstrumentSymbol): Book | undefined;
  market(symbol: InstrumentSymbol): Market | undefined;
  accounts(): Iterable<Account>;
}

type Answers = {
  readonly [Kind in QuestionKind]: (shard: ShardActors, ask: Ask<Kind>) => Answer<Kind>;
};

const answers: Answers = {
  order: (shard, { account, orderId, clientOrderId }) =>
    shard.account(account)?.order(orderId, clientOrderId) ?? null,
  "open-orders": (shard, { account, symbol, afterOrderId: after, limit }) =>
    shard.account(account)?.openOrders({ symbol, after, limit }) ?? [],
  balances: (shard, { account }) => shard.account(account)?.balances() ?? null,
  depth: (shard, { symbol, levels }) => {
    const depth = shard.book(symbol)?.depth(levels);
    if (depth === undefined) return null;
    const phase = shard.market(symbol)?.phase ?? "closed";
    const isStopped = phase === "halted" || phase === "cancelOnly";
    const isHalted = shard.directory.isHalted || isStopped;
    return { ...depth, phase: TradingPhase[phase], isHalted };
  },
  "displayed-orders": (shard, { symbol, limit }) =>
    shard.book(symbol)?.displayedOrders(limit) ?? null,
  trades: (shard, { symbol, limit }) => shard.book(symbol)?.trades(limit) ?? null,
  candles: (shard, { symbol, ...wanted }) => shard.book(symbol)?.candles(wanted) ?? null,
  statistics: (shard, { symbol }) => shard.book(symbol)?.statistics(shard.timeUs) ?? null,
  instruments: (shard) =>
    shard.directory
      .instruments()
      .map((terms) => ({ terms, shard: shard.placement.shardOfInstrument(terms.symbol) })),
  assets: (shard) => shard.directory.assets(),
  accounts: (shard) => shard.governor.accounts(),
  holdings: (shard) => holdingsOf(shard.accounts()),
  placement: ({ placement, governor, moving }) => ({
    epoch: placement.epoch,
    shards: placement.shards,
    founded: placement.founded,
    pins: placement.pins(),
    moving: governor.moving ?? moving ?? "",
  }),
};

export function answerQuestion<Kind extends QuestionKind>(
  shard: ShardActors,
  kind: Kind,
  ask: Ask<Kind>,
): Answer<Kind> {
  return answers[kind](shard, ask);
}

/** Whether a word from outside names a question. */
export function isQuestionKind(word: string): word is QuestionKind {
  return Object.hasOwn(answers, word);
}

/** Units of every asset on all of the accounts, by asset code. */
function holdingsOf(accounts: Iterable<Account>): readonly BalanceView[] {
  const sums = new Map<AssetId, { available: Amount; reserved: Amount }>();
  for (const account of accounts) {
    for (const { asset, available, reserved } of account.balances()) {
      const sum = sums.get(asset) ?? { available: 0, reserved: 0 };
      sums.set(asset, {
        available: add(sum.available, available),
        reserved: add(sum.reserved, reserved),
      });
    }
  }
  return [...sums]
    .map(([asset, sum]) => ({ asset, ...sum }))
    .sort((a, b) => (a.asset < b.asset ? -1 : 1));
}
