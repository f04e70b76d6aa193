/**
 * An exchange behind its public API: the venue that runs play at, in this process or on servers.
 */
import type { AdminClient, AdminResult, OutcryClient } from "../../clients/sdk/index.ts";
import {
  ExchangeUnavailable,
  ExecutionStatusUnknown,
  RequestRefused,
} from "../../clients/sdk/index.ts";
import type { LocalBook, OrderResult } from "../../clients/sdk/index.ts";
import { openOrdersMax } from "../../protocols/api/limits.ts";
import type { Asset, Balance, Instrument, OrderDetails } from "../../protocols/api/replies.ts";
import { assert, Side, unreachable } from "../../protocols/index.ts";
import type { InstrumentTerms } from "../../protocols/index.ts";
import { LobsterFault } from "./lobster-fault.ts";
import type { Action } from "./row-planner.ts";
import { Unanswered } from "./venue.ts";
import type { ActionAnswer, Credit, Trader, Venue } from "./venue.ts";

export interface SdkVenueOptions {
  /** Closed with the venue. */
  readonly admin: AdminClient;
  /** A line for an account that has just been opened; closed with the venue. */
  readonly connect: (account: string) => Promise<OutcryClient>;
  /** Whatever else must end with the venue. */
  readonly close?: () => Promise<void>;
}

export class SdkVenue implements Venue {
  readonly #options: SdkVenueOptions;
  readonly #traders = new Map<string, SdkTrader>();

  constructor(options: SdkVenueOptions) {
    this.#options = options;
  }

  assets(): Promise<readonly Asset[]> {
    return answered(this.#options.admin.assets());
  }

  instruments(): Promise<readonly Instrument[]> {
    return answered(this.#options.admin.instruments());
  }

  async addAsset(asset: string, decimals: number): Promise<void> {
    const result = await answered(this.#options.admin.addAsset({ asset, decimals }));
    checkDone(result, `asset ${asset}`, "asset-exists");
  }

  async listInstrument(terms: InstrumentTerms): Promise<void> {
    assert(terms.trading === undefined, "recorded orders are of an instrument that always trades");
    assert(terms.contract === undefined, "recorded orders are of goods");
    const { trading: _, contract: __, ...plain } = terms;
    const result = await answered(this.#options.admin.listInstrument(plain));
    checkDone(result, `instrument ${terms.symbol}`);
  }

  async openTrader(account: string): Promise<Trader> {
    let trader = this.#traders.get(account);
    if (trader !== undefined) return trader;
    const result = await answered(this.#options.admin.openAccount({ account }));
    checkDone(result, `account ${account}`, "account-exists");
    trader = new SdkTrader(await this.#options.connect(account));
    this.#traders.set(account, trader);
    return trader;
  }

  async deposit(credit: Credit): Promise<void> {
    const result = await answered(this.#options.admin.deposit({ ...credit }));
    checkDone(result, `deposit ${credit.reference}`);
  }

  async openBook(symbol: string): Promise<LocalBook> {
    const book = this.#options.admin.book(symbol, { verifyEveryMs: 0 });
    await book.following();
    return book;
  }

  async close(): Promise<void> {
    for (const trader of this.#traders.values()) await trader.close();
    await this.#options.admin.close();
    await this.#options.close?.();
  }
}

class SdkTrader implements Trader {
  readonly #client: OutcryClient;

  constructor(client: OutcryClient) {
    this.#client = client;
  }

  get account(): string {
    return this.#client.account;
  }

  /** What is asked for in one go travels in one batch, which the client sends until answered. */
  async send(symbol: string, actions: readonly Action[]): Promise<readonly ActionAnswer[]> {
    const results = actions.map((action) => this.#do(symbol, action));
    return (await answered(Promise.all(results))).map(answerOf);
  }

  balances(): Promise<readonly Balance[]> {
    return answered(this.#client.balances());
  }

  async openOrders(symbol: string): Promise<readonly OrderDetails[]> {
    const orders: OrderDetails[] = [];
    for (;;) {
      const after = orders.at(-1)?.orderId ?? 0;
      const page = await answered(this.#client.openOrders({ symbol, after, limit: openOrdersMax }));
      orders.push(...page);
      if (page.length < openOrdersMax) return orders;
    }
  }

  async cancelAll(symbol?: string): Promise<void> {
    await answered(this.#client.cancelAll(symbol === undefined ? {} : { symbol }));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #do(symbol: string, action: Action): Promise<OrderResult> {
    const { clientOrderId } = action;
    switch (action.kind) {
      case "place":
      case "trade":
        return this.#client.place({
          symbol,
          clientOrderId,
          type: "limit",
          timeInForce: action.kind === "trade" ? "IOC" : "GTC",
          side: action.side === Side.buy ? "buy" : "sell",
          price: action.price,
          quantity: action.quantity,
        });
      case "cancel":
        return this.#client.cancel({ clientOrderId });
      case "reduce": {
        const { price, quantity, revision } = action;
        return this.#client.replace({ clientOrderId, price, quantity, revision });
      }
      default:
        return unreachable(action);
    }
  }
}

function answerOf(result: OrderResult): ActionAnswer {
  const { updateId = 0, executed = 0 } = result.order ?? {};
  return result.ok
    ? { refusal: undefined, isDuplicate: result.isDuplicate, updateId, executed }
    : { refusal: result.error.message, isDuplicate: false, updateId, executed };
}

function checkDone(result: AdminResult, what: string, doneBefore?: string): void {
  if (result.ok || result.error.name === doneBefore) return;
  throw new LobsterFault("refused", `${what} was refused: ${result.error.message}`);
}

/** Tells apart that there was no answer from that the answer was no. */
async function answered<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ExecutionStatusUnknown || error instanceof ExchangeUnavailable) {
      throw new Unanswered(error.message, { cause: error });
    }
    if (error instanceof RequestRefused) {
      throw new LobsterFault("refused", error.message, { cause: error });
    }
    throw error;
  }
}
