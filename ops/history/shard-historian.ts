/**
 * Writes down as rows what a shard does: watches it apply its log, from where the history ends on.
 *
 * Rows are named by where they come from (shard, sequence, index), so the same entry gives the same
 * rows for ever. Nothing is written here: rows gather in a batch.
 */
import type { Shard, StepWitness } from "../../actors/index.ts";
import { isWithdrawalUndone } from "../../actors/custody/withdrawal-lifecycle.ts";
import {
  assert,
  ExecutionType,
  governorShard,
  PositionCause,
  subtract,
  WithdrawalStatus,
} from "../../protocols/index.ts";
import type {
  ActorMessage,
  CandleClosed,
  DeficitCovered,
  LiquidationFeePaid,
  InstrumentTerms,
  MarginMoved,
  Message,
  Origin,
  PositionChanged,
  ToldEvent,
  WithdrawalChanged,
} from "../../protocols/index.ts";
import { renderContractTerms } from "../../protocols/api/contract-terms.ts";
import { candleIntervalWords } from "../../protocols/api/market-summaries.ts";
import { tradingPhaseWords, wordOf } from "../../protocols/api/words.ts";
import { AccountRows } from "./account-rows.ts";
import type { Booking } from "./account-rows.ts";
import { CommandRows } from "./command-rows.ts";
import { copyJson, copyNull, copyTime } from "./copy-text.ts";
import type { HistoryBatch } from "./history-batch.ts";
import type { Positions } from "./positions.ts";
import { OrderRows } from "./order-rows.ts";
import { ReportRows } from "./report-rows.ts";
import { RowPlace } from "./row-place.ts";
import { TradeRows } from "./trade-rows.ts";

export class ShardHistorian implements StepWitness {
  readonly #place: RowPlace;
  readonly #accounts: AccountRows;
  readonly #orders: OrderRows;
  readonly #reports: ReportRows;
  readonly #trades: TradeRows;
  readonly #commands: CommandRows;
  /** The place of the next event among those that the feed tells of the step. */
  #index = 0;

  constructor(shard: Shard, batch: HistoryBatch, positions: Positions) {
    this.#place = new RowPlace(shard, batch);
    this.#accounts = new AccountRows(this.#place);
    this.#orders = new OrderRows(this.#place);
    this.#reports = new ReportRows(this.#place, this.#accounts, positions);
    this.#trades = new TradeRows(this.#place);
    this.#commands = new CommandRows(this.#place);
  }

  get shard(): Shard {
    return this.#place.shard;
  }

  /** Watches the shard from its next entry on. */
  begin(): void {
    this.#place.shard.watch(this);
  }

  /** The entry was applied. */
  endStep(): void {
    this.#trades.endStep();
    this.#commands.endStep();
    this.#orders.endStep();
    this.#accounts.endStep();
    this.#index = 0;
  }

  /** The batch is complete, and another one begins. */
  turn(next: HistoryBatch): void {
    this.#accounts.write();
    this.#orders.write();
    this.#place.batch = next;
  }

  came(message: Message, origin: Origin, isPermitted: boolean): void {
    this.#commands.came(message, origin);
    if (isPermitted) this.#hear(message, origin);
  }

  held(): void {
    return undefined;
  }

  resumed(message: Message, origin: Origin): void {
    this.#commands.resumed(message, origin);
    this.#hear(message, origin);
  }

  woke(): void {
    return undefined;
  }

  heard(message: ActorMessage): void {
    this.#commands.heard(message);
    this.#hear(message);
  }

  said(message: ActorMessage): void {
    this.#orders.said(message);
    this.#trades.said(message);
  }

  sent(message: ActorMessage): void {
    this.said(message);
  }

  transferred(): void {
    return undefined;
  }

  told(event: ToldEvent): void {
    switch (event.kind) {
      case "order-replied":
        this.#commands.refused(event);
        return;
      case "command-replied":
        this.#commands.answered(event);
        return;
      default:
        this.#tell(event, this.#index++);
    }
  }

  #hear(message: Message, origin?: Origin): void {
    this.#accounts.hear(message);
    this.#orders.hear(message, origin);
    const { batch, shard } = this.#place;
    if (message.kind !== "announce-asset" || shard.shard !== governorShard) return;
    batch.current.assets.set(message.asset, `${message.asset}\t${message.decimals}\n`);
  }

  #tell(event: ToldEvent, index: number): void {
    switch (event.kind) {
      case "execution-report":
        this.#reports.add(event, index);
        if (event.executionType !== ExecutionType.rejected) return;
        this.#orders.refused(event);
        this.#commands.rejected(event);
        return;
      case "traded":
        this.#trades.add(event, index);
        return;
      case "balance-changed": {
        const { account, asset } = event;
        const amount = this.#accounts.deposited;
        // A change of the rules, too, changes what accounts have, and names none of them.
        this.#accounts.touch(account);
        if (amount !== 0) this.#bookFunds({ account, asset, amount, cause: "deposit" });
        return;
      }
      case "withdrawal-changed":
        this.#bookWithdrawal(event);
        return;
      case "position-changed":
        this.#reports.changePosition(event, index);
        this.#bookProfit(event);
        return;
      case "margin-moved":
        this.#bookMargin(event);
        return;
      case "deficit-covered":
        this.#bookCover(event);
        return;
      case "deficit-made-good": {
        const { account, asset, amount } = event;
        this.#accounts.touch(account);
        this.#bookFunds({ account, asset, amount: subtract(0, amount), cause: "cover" });
        return;
      }
      case "liquidation-fee-paid":
        this.#bookLiquidationFee(event);
        return;
      case "candle-closed":
        this.#setCandle(event);
        return;
      case "phase-changed": {
        const { batch } = this.#place;
        const fields = `${event.symbol}\t${wordOf(tradingPhaseWords, event.phase)}`;
        batch.added.phases.push(`${this.#place.namedPlainly(index)}\t${fields}\n`);
        return;
      }
      case "instrument-listed":
        this.#list(event.terms);
        return;
      case "intervention-recorded":
        this.#commands.intervened(event);
        return;
      default:
    }
  }

  /** What is set aside to be sent out is not to be used any more, and stands in no balance. */
  #bookWithdrawal({ account, asset, amount, status }: WithdrawalChanged): void {
    const of = { account, asset };
    if (status === WithdrawalStatus.reviewing) {
      this.#bookFunds({ ...of, amount: subtract(0, amount), cause: "withdrawal" });
    } else if (isWithdrawalUndone(status)) {
      this.#bookFunds({ ...of, amount, cause: "withdrawal-return" });
    }
  }

  /** What a position has brought or cost becomes cash. */
  #bookProfit({ account, symbol, cause, realised: amount }: PositionChanged): void {
    this.#accounts.touch(account);
    const terms = this.#place.shard.directory.instrument(symbol);
    assert(terms !== undefined, "a position in what is not listed");
    if (amount === 0) return;
    const isFunding = cause === PositionCause.funding;
    const of = { account, asset: terms.quote, amount };
    this.#bookFunds({ ...of, cause: isFunding ? "funding" : "profit" });
  }

  /**
   * What an isolated position has to itself stands in no balance: profits that it keeps, and losses
   * that it bears, are booked as any others and then taken out again.
   */
  #bookMargin({ account, symbol, amount }: MarginMoved): void {
    this.#accounts.touch(account);
    const terms = this.#place.shard.directory.instrument(symbol);
    assert(terms !== undefined, "margin for what is not listed");
    const of = { account, asset: terms.quote };
    this.#bookFunds({ ...of, amount: subtract(0, amount), cause: "margin" });
  }

  /** The loss is booked to its account in full, and to the fund as far as it has paid. */
  #bookCover({ account, fund, asset, amount, lacking }: DeficitCovered): void {
    this.#accounts.touch(fund);
    this.#bookFunds({ account, asset, amount, cause: "cover" });
    const paid = subtract(amount, lacking);
    if (paid === 0) return;
    this.#bookFunds({ account: fund, asset, amount: subtract(0, paid), cause: "cover" });
  }

  #bookLiquidationFee({ account, fund, asset, amount }: LiquidationFeePaid): void {
    this.#accounts.touch(fund);
    const cause = "liquidation-fee";
    this.#bookFunds({ account, asset, amount: subtract(0, amount), cause });
    this.#bookFunds({ account: fund, asset, amount, cause });
  }

  #bookFunds(of: Omit<Booking, "tradeId" | "orderId">): void {
    this.#accounts.book({ ...of, tradeId: 0, orderId: 0 });
  }

  #setCandle(candle: CandleClosed): void {
    const { symbol, startUs, open, high, low, close, volume, notional } = candle;
    const span = wordOf(candleIntervalWords, candle.interval);
    const startAt = copyTime(startUs);
    this.#place.batch.current.candles.set(
      `${symbol} ${span} ${startAt}`,
      `${symbol}\t${span}\t${startAt}\t${open}\t${high}\t${low}\t${close}\t${volume}\t` +
        `${notional}\t${candle.trades}\t${candle.firstTradeId}\t${candle.lastTradeId}\n`,
    );
  }

  #list(terms: InstrumentTerms): void {
    const {
      symbol,
      base,
      quote,
      baseUnitsPerLot,
      quoteUnitsPerTickLot,
      trading = {},
      contract,
    } = terms;
    const { batch, at } = this.#place;
    batch.current.instruments.set(
      symbol,
      `${symbol}\t${base}\t${quote}\t${baseUnitsPerLot}\t${quoteUnitsPerTickLot}\t` +
        `${terms.makerFeeBasisPoints}\t${terms.takerFeeBasisPoints}\t${copyJson(trading)}\t` +
        `${contract === undefined ? copyNull : copyJson(renderContractTerms(contract))}\t${at}\n`,
    );
  }
}
