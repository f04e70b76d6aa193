/**
 * What an order may ask for on the command line, in natural units, and the request that it makes.
 *
 * Which options go together is not looked at here: the SDK says so, and names the field.
 */
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import {
  orderTypeWords,
  pegReferenceWords,
  postOnlyWords,
  selfTradePreventionWords,
  sideWords,
  timeInForceWords,
  triggerSourceWords,
  withoutNone,
} from "../../protocols/api/words.ts";
import { momentOrDayIn } from "../reports/moment-text.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { countOption } from "./options.ts";

export type SideWord = PlaceRequest["side"];

export interface PlaceArguments {
  readonly symbol: string;
  readonly side: SideWord;
  /** Or {@link nothing}. */
  readonly quantity: string;
  /** Or {@link nothing}, or `market`. */
  readonly price: string;
}

export interface PlaceOptions {
  readonly type?: PlaceRequest["type"];
  readonly tif?: NonNullable<PlaceRequest["timeInForce"]>;
  readonly clientId?: string;
  readonly budget?: string;
  readonly collar?: number;
  readonly trigger?: string;
  readonly triggerBy?: NonNullable<PlaceRequest["triggerBy"]>;
  readonly trail?: string;
  readonly trailBps?: number;
  readonly display?: string;
  readonly hidden?: boolean;
  readonly reduceOnly?: boolean;
  readonly minimum?: string;
  readonly postOnly?: NonNullable<PlaceRequest["postOnly"]>;
  readonly peg?: NonNullable<PlaceRequest["pegTo"]>;
  readonly pegOffset?: string;
  readonly expires?: number;
  readonly selfTrade?: NonNullable<PlaceRequest["selfTradePrevention"]>;
}

/** Stands where there is no quantity, or no limit price. */
const nothing = "-";

export function withPlaceOptions(command: Command): Command {
  return command
    .argument("<symbol>", "the instrument, such as BTC-USDT")
    .argument("<side>", "buy or sell", sideOf)
    .argument("<quantity>", "how much of the base asset, such as 0.01; - with --budget")
    .argument("<price>", "the limit price, the word market, or - for an order without a limit")
    .addOption(
      choice("--type <which>", "the type of the order (default: limit or market)", orderTypeWords),
    )
    .addOption(
      choice("--tif <which>", "for how long: until canceled, what fills at once, …", [
        ...timeInForceWords,
      ]),
    )
    .option("--client-id <id>", "your own name for the order: sent again, it is placed once")
    .option("--budget <amount>", "how much of the quote asset to spend, or to bring in")
    .option("--collar <bps>", "how far from the best price, in basis points", countOption)
    .option("--trigger <price>", "the price that sets the order off; of a trailing stop, at first")
    .addOption(choice("--trigger-by <which>", "whose price that is", triggerSourceWords))
    .option("--trail <distance>", "how far behind the market the trigger follows")
    .option("--trail-bps <count>", "the same in basis points", countOption)
    .option("--display <quantity>", "the slice that it shows")
    .option("--hidden", "show nothing of it")
    .option("--reduce-only", "close what there is of a contract, and no more")
    .option("--minimum <quantity>", "the least to trade at once")
    .addOption(
      choice("--post-only [which]", "take no liquidity", withoutNone(postOnlyWords)).preset(
        "reject",
      ),
    )
    .addOption(choice("--peg <which>", "the price to follow", withoutNone(pegReferenceWords)))
    .option("--peg-offset <distance>", "how far to stay behind it")
    .option("--expires <time>", "when it ends, such as 2026-12-31T17:00Z", timeOption)
    .addOption(
      choice(
        "--self-trade <which>",
        "what to do on meeting an order of one's own; they trade unless this is said",
        withoutNone(selfTradePreventionWords),
      ),
    );
}

function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words);
}

/** The request, with nothing in it that was not said. */
export function placeRequestOf(
  { symbol, side, quantity, price }: PlaceArguments,
  options: PlaceOptions,
  units: NaturalUnits,
): PlaceRequest {
  const ticks = (text: string | undefined) => ifSaid(text, (said) => units.ticksOf(said));
  const lots = (text: string | undefined) => ifSaid(text, (said) => units.lotsOf(said));
  const hasPrice = price !== "market" && price !== nothing;
  const said = {
    type: options.type ?? (hasPrice ? "limit" : "market"),
    // What ends at a time is good till that time.
    timeInForce: options.tif ?? (options.expires === undefined ? undefined : "GTD"),
    price: hasPrice ? units.ticksOf(price) : undefined,
    quantity: quantity === nothing ? undefined : units.lotsOf(quantity),
    clientOrderId: options.clientId,
    quoteBudget: ifSaid(options.budget, (budget) => units.quoteUnitsOf(budget)),
    collarBasisPoints: options.collar,
    triggerPrice: ticks(options.trigger),
    triggerBy: options.triggerBy,
    trailTicks: ticks(options.trail),
    trailBasisPoints: options.trailBps,
    displayQuantity: lots(options.display),
    hidden: options.hidden,
    reduceOnly: options.reduceOnly,
    minimumQuantity: lots(options.minimum),
    postOnly: options.postOnly,
    pegTo: options.peg,
    pegOffset: ticks(options.pegOffset),
    expiresAtUs: options.expires,
    selfTradePrevention: options.selfTrade,
  };
  return { ...withoutUndefined(said), symbol, side, type: said.type };
}

export function sideOf(side: string): SideWord {
  const lower = side.toLowerCase();
  const word = sideWords.find((known) => known === lower);
  if (word === undefined) throw new InvalidArgumentError("A side is buy or sell.");
  return word;
}

/** In microseconds since 1970. */
function timeOption(text: string): number {
  const timeUs = momentOrDayIn(text);
  if (timeUs !== undefined) return timeUs;
  throw new InvalidArgumentError("It is a time such as 2026-12-31T17:00Z.");
}

/** What a text stands for, if there is one. */
export function ifSaid<Value>(
  text: string | undefined,
  read: (text: string) => Value,
): Value | undefined {
  return text === undefined ? undefined : read(text);
}

type Said<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields that there are. */
export function withoutUndefined<Fields extends object>(fields: Fields): Said<Fields> {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as Said<Fields>;
}
