/**
 * Answers to questions about a shard's state. They read; nothing changes.
 */
import { add, isAmount, RejectReason, subtract, TradingPhase } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  Amount,
  Answer,
  Ask,
  AssetId,
  BalanceView,
  ContractFigures,
  FeesAsked,
  FeesView,
  InstrumentSymbol,
  LiabilityView,
  Placement,
  QuestionKind,
  TimeUs,
} from "../../protocols/index.ts";
import { isWithdrawalOver } from "../custody/withdrawal-lifecycle.ts";
import type { Account } from "../account/account.ts";
import type { Book } from "../book/book.ts";
import type { Directory } from "../directory/directory.ts";
import type { Governor } from "../governor/governor.ts";
import type { ShardLedger } from "../ledger/asset-ledger.ts";
import type { Market } from "../market/market.ts";

/** The actors of a shard, to be read. */
export interface ShardActors {
  readonly placement: Placement;
  /** The actor that moves, as far as this shard has a part in that. */
  readonly moving: ActorAddress | undefined;
  readonly timeUs: TimeUs;
  readonly directory: Directory;
  readonly governor: Governor;
  readonly fees: Account;
  readonly ledger: ShardLedger;
  account(id: AccountId): Account | undefined;
  book(symbol: InstrumentSymbol): Book | undefined;
  market(symbol: InstrumentSymbol): Market | undefined;
  /** Undefined of what is no contract. */
  figuresOf(symbol: InstrumentSymbol): ContractFigures | undefined;
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
  fees: (shard, asked) => feesFor(shard, asked),
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
  statistics: (shard, { symbol }) => {
    const statistics = shard.book(symbol)?.statistics(shard.timeUs);
    const contract = shard.figuresOf(symbol);
    if (statistics === undefined) return null;
    return contract === undefined ? statistics : { ...statistics, contract };
  },
  instruments: (shard) =>
    shard.directory
      .instruments()
      .map((terms) => ({ terms, shard: shard.placement.shardOfInstrument(terms.symbol) })),
  assets: (shard) => shard.directory.assets(),
  accounts: (shard) => shard.governor.accounts(),
  holdings: (shard) => holdingsOf(shard.accounts()),
  positions: (shard, { account }) => shard.account(account)?.positions(shard.directory) ?? null,
  margin: (shard, { account }) => shard.account(account)?.margin(shard.directory) ?? null,
  obligations: (shard, { account }) => {
    const legs = shard.account(account)?.obligations();
    return (
      legs?.map(({ asset, date, deliver, receive }) => {
        return { asset, date, deliver: String(deliver), receive: String(receive) };
      }) ?? null
    );
  },
  owings: (shard, { account }) => shard.account(account)?.owings() ?? null,
  deliveries: ({ governor }, asked) => governor.clearing.deliveries(asked),
  failPermissions: ({ governor }) => governor.clearing.permissions.all(),
  settlements: ({ governor }, asked) => governor.clearing.settlements(asked),
  settlementCycles: ({ directory }) => directory.settlementCycles(),
  feeSchedules: ({ directory }) => directory.feeSchedules(),
  riskRules: ({ directory: { risk } }) => ({
    limits: risk?.limits() ?? [],
    groups: risk?.groups() ?? [],
  }),
  risk: (shard, { account }) =>
    shard.account(account)?.risk({ venue: shard.directory, timeUs: shard.timeUs }) ?? null,
  deficits: ({ ledger }) =>
    [...ledger.all()]
      .filter(({ deficit }) => deficit.balance !== 0)
      .map(({ asset, deficit }) => ({ asset, amount: subtract(0, deficit.balance) }))
      .sort((a, b) => (a.asset < b.asset ? -1 : 1)),
  approvalPolicy: ({ directory }) => directory.approvalPolicy.entries,
  withdrawals: (shard, { account }) => shard.account(account)?.withdrawals() ?? null,
  openWithdrawals: (shard) =>
    [...shard.accounts()]
      .flatMap((account) => account.withdrawals())
      .filter(({ status }) => !isWithdrawalOver(status)),
  allowedAddresses: (shard, { account }) =>
    shard.account(account)?.allowedAddresses(shard.directory) ?? null,
  custodyPolicies: ({ directory }) => directory.custodyPolicies(),
  deposits: ({ governor }, asked) => governor.custody.deposits().filter(ofAccount(asked)),
  depositAddresses: ({ governor }, asked) => governor.custody.addresses().filter(ofAccount(asked)),
  sweeps: ({ governor }) => governor.custody.sweeps.views(),
  liabilities: (shard) => liabilitiesOf(shard),
  custodyHoldings: ({ governor, directory }) =>
    directory.assets().map(({ asset }) => {
      return { asset, ...governor.broughtIn(asset), dust: governor.custody.dustOf(asset) };
    }),
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

/** Of one account, or of all where none is asked for. */
function ofAccount(asked: { readonly account: AccountId }) {
  return ({ account }: { readonly account: AccountId }) =>
    asked.account === "" || asked.account === account;
}

function feesFor(shard: ShardActors, asked: FeesAsked): FeesView | RejectReason {
  const account = shard.account(asked.account);
  if (account === undefined) return RejectReason["account-unknown"];
  const trading = { venue: shard.directory, timeUs: shard.timeUs };
  const view = account.feesFor(asked, trading);
  if (view === undefined) return RejectReason["instrument-unknown"];
  const margin = account.marginFor(asked, shard.directory);
  const { notional, makerFee, takerFee, reserved } = view;
  const isCountable = [notional, makerFee, takerFee, reserved, margin ?? 0].every(isAmount);
  if (!isCountable) return RejectReason["notional-too-large"];
  return margin === undefined ? view : { ...view, margin };
}

/** Of every asset that any account here has had, by asset code. */
function liabilitiesOf(shard: ShardActors): readonly LiabilityView[] {
  const clients = [...shard.accounts()].filter((account) => account !== shard.fees);
  const owed = new Map(holdingsOf(clients).map((holding) => [holding.asset, holding]));
  const earned = new Map(shard.fees.balances().map(({ asset, available }) => [asset, available]));
  return [...new Set([...owed.keys(), ...earned.keys()])].sort().map((asset) => {
    const held = owed.get(asset);
    const { available = 0, reserved = 0, withdrawing = 0, variation = 0 } = held ?? {};
    const ledger = shard.ledger.of(asset);
    // What some have realised of positions others have yet to; and what was given for deliveries is
    // owed back until the other side was given.
    const apart = add(add(withdrawing, variation), add(held?.posted ?? 0, ledger.delivery.balance));
    const total = add(add(available, reserved), apart);
    // What was given away is below zero.
    const house = add(earned.get(asset) ?? 0, ledger.given);
    return { asset, clients: total, withdrawing, house };
  });
}

interface HeldOfAsset {
  readonly available: Amount;
  readonly reserved: Amount;
  readonly withdrawing: Amount;
  readonly variation: Amount;
  readonly posted: Amount;
}

const nothingHeld: HeldOfAsset = {
  ...{ available: 0, reserved: 0, withdrawing: 0, variation: 0, posted: 0 },
};

/** Units of every asset on all of the accounts, by asset code. */
function holdingsOf(accounts: Iterable<Account>): readonly BalanceView[] {
  const sums = new Map<AssetId, HeldOfAsset>();
  for (const account of accounts) {
    for (const { asset, available, reserved, ...apart } of account.balances()) {
      const { withdrawing = 0, variation = 0, posted = 0 } = apart;
      const sum = sums.get(asset) ?? nothingHeld;
      sums.set(asset, {
        available: add(sum.available, available),
        reserved: add(sum.reserved, reserved),
        withdrawing: add(sum.withdrawing, withdrawing),
        variation: add(sum.variation, variation),
        posted: add(sum.posted, posted),
      });
    }
  }
  return [...sums]
    .map(([asset, { withdrawing, variation, posted, ...sum }]) => ({
      ...{ asset, ...sum },
      ...(withdrawing !== 0 && { withdrawing }),
      ...(variation !== 0 && { variation }),
      ...(posted !== 0 && { posted }),
    }))
    .sort((a, b) => (a.asset < b.asset ? -1 : 1));
}
