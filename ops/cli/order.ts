/** `outcry order`: what an account does with its orders. */
import { Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { OrderDetails } from "../../protocols/api/replies.ts";
import type { AccountOptions } from "./exchange-access.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { withAccountOptions } from "./options.ts";
import { batchCommand } from "./order-batch.ts";
import { cancelAndPlaceCommand } from "./order-cancel-and-place.ts";
import { cancelMany, withCancelAllOptions } from "./order-cancel-all.ts";
import type { CancelAllOptions } from "./order-cancel-all.ts";
import { placeList, withListArguments } from "./order-list.ts";
import type { ListTypeWord } from "./order-list.ts";
import { nameOf, orderArgument, withNaming } from "./order-name.ts";
import type { NamedOrderOptions, OrderName } from "./order-name.ts";
import { quoteCommand } from "./order-quote.ts";
import { CommandFault, print, usageFault } from "./output.ts";
import { ifSaid, placeRequestOf, withPlaceOptions, withoutUndefined } from "./place-options.ts";
import type { PlaceOptions, SideWord } from "./place-options.ts";

const access = () => import("./exchange-access.ts");
const text = () => import("./order-text.ts");

export function command(): Command {
  return new Command("order")
    .description("Places, cancels, replaces, quotes, shows and lists orders of an account.")
    .addCommand(placeCommand())
    .addCommand(placeListCommand())
    .addCommand(cancelCommand())
    .addCommand(replaceCommand())
    .addCommand(cancelAndPlaceCommand())
    .addCommand(quoteCommand())
    .addCommand(batchCommand())
    .addCommand(showCommand())
    .addCommand(listCommand());
}

// ---- place -----------------------------------------------------------------------------------

function placeCommand(): Command {
  const place = new Command("place").description(
    "Places an order: ./outcry order place BTC-USDT buy 0.01 64000",
  );
  return withAccountOptions(withPlaceOptions(place)).action(async (...args) => {
    const [symbol, side, quantity, price, options] = args as [
      string,
      SideWord,
      string,
      string,
      PlaceOptions & AccountOptions,
    ];
    const { withAccount, unitsOfSymbol, accepted } = await access();
    await withAccount(options, async (client) => {
      const units = await unitsOfSymbol(client, symbol);
      const request = placeRequestOf({ symbol, side, quantity, price }, options, units);
      (await text()).printOrder(options, accepted(await client.place(request), units), units);
    });
  });
}

function placeListCommand(): Command {
  const list = new Command("place-list").description(
    "Places orders that depend on one another: as JSON, or in a file with a list of them.",
  );
  return withAccountOptions(withListArguments(list)).action(async (...args) => {
    const [type, orders, options] = args as [ListTypeWord, readonly string[], AccountOptions];
    const { withAccount, unitsOfSymbol, accepted } = await access();
    await withAccount(options, async (client) => {
      const result = await placeList(client, { type, orders, unitsOfSymbol });
      const details = await client.order({ orderId: accepted(result).order.orderId });
      const order = details ?? accepted(result).order;
      const units = await unitsOfSymbol(client, order.symbol ?? "");
      (await text()).printOrder(options, { ...accepted(result), order }, units);
    });
  });
}

// ---- cancel, replace, show -------------------------------------------------------------------

type CancelOptions = NamedOrderOptions & CancelAllOptions & { readonly all?: boolean };

function cancelCommand(): Command {
  const cancel = new Command("cancel")
    .description("Cancels an order, or all working orders of the account.")
    .argument("[order]", orderArgument[1])
    .option("--all", "every working order");
  const command = withNaming(withCancelAllOptions(cancel));
  return command.action(async (order: string | undefined, options: CancelOptions) => {
    if ((order === undefined) === (options.all !== true)) {
      throw usageFault("name an order, or say --all");
    }
    const { withAccount, unitsOfSymbol, accepted } = await access();
    await withAccount(options, async (client) => {
      if (order === undefined) {
        const canceled = await cancelMany(client, options, unitsOfSymbol);
        print(options, { ok: true, canceled }, () => {
          return `${canceled} ${canceled === 1 ? "order" : "orders"} canceled`;
        });
        return;
      }
      const name = nameOf(order, options);
      const details = await findOrder(client, name);
      const result = accepted(await client.cancel(name));
      (await text()).printOrder(options, result, await unitsOf(client, details));
    });
  });
}

interface ReplaceOptions extends NamedOrderOptions {
  readonly trigger?: string;
  readonly display?: string;
  readonly minimum?: string;
  readonly keepPriority?: boolean;
}

function replaceCommand(): Command {
  const replace = new Command("replace")
    .description("Gives a working order a new quantity and price.")
    .argument(...orderArgument)
    .argument("<quantity>", "the new whole quantity, what has been executed included")
    .argument("<price>", "the new limit price; - for an order without one")
    .option("--trigger <price>", "the new price that sets it off")
    .option("--display <quantity>", "the new slice that it shows; 0 for all of it")
    .option("--minimum <quantity>", "the new least to trade at once; 0 for none")
    .option("--keep-priority", "only if it keeps its place in the queue");
  return withNaming(replace).action(async (...args) => {
    const [order, quantity, price, options] = args as [string, string, string, ReplaceOptions];
    const { withAccount, accepted } = await access();
    await withAccount(options, async (client) => {
      const name = nameOf(order, options);
      const units = await unitsOf(client, await findOrder(client, name));
      const terms = withoutUndefined({
        price: price === "-" ? undefined : units.ticksOf(price),
        triggerPrice: ifSaid(options.trigger, (trigger) => units.ticksOf(trigger)),
        displayQuantity: ifSaid(options.display, (display) => units.lotsOf(display)),
        minimumQuantity: ifSaid(options.minimum, (minimum) => units.lotsOf(minimum)),
        keepPriority: options.keepPriority,
      });
      const request = { ...name, ...terms, quantity: units.lotsOf(quantity) };
      const result = accepted(await client.replace(request), units);
      (await text()).printOrder(options, result, units);
    });
  });
}

function showCommand(): Command {
  const show = new Command("show")
    .description("Shows where an order stands.")
    .argument(...orderArgument);
  return withNaming(show).action(async (order: string, options: NamedOrderOptions) => {
    const { withAccount } = await access();
    await withAccount(options, async (client) => {
      const details = await findOrder(client, nameOf(order, options));
      (await text()).printOrder(
        options,
        { ok: true, order: details },
        await unitsOf(client, details),
      );
    });
  });
}

// ---- list ------------------------------------------------------------------------------------

interface ListOptions extends AccountOptions {
  readonly symbol?: string;
}

function listCommand(): Command {
  const list = new Command("list")
    .description("Lists the working orders, oldest first.")
    .option("--symbol <symbol>", "only those in this instrument");
  return withAccountOptions(list).action(async (options: ListOptions) => {
    const [{ withAccount, termsOf }, { renderOrders, naturalOrder }, { NaturalUnits: Units }] =
      await Promise.all([access(), text(), import("./natural-units.ts")]);
    await withAccount(options, async (client) => {
      const [orders, { instruments, assets }] = await Promise.all([
        allOrders(client, options),
        termsOf(client),
      ]);
      const units = new Map(instruments.map((of) => [of.symbol, new Units(of, assets)]));
      const unitsOfOrder = (symbol: string): NaturalUnits => {
        const found = units.get(symbol);
        if (found === undefined)
          throw new CommandFault("instrument-unknown", `no instrument ${symbol}`);
        return found;
      };
      const natural = orders.map((order) => ({
        ...order,
        natural: naturalOrder(order, unitsOfOrder(order.symbol)),
      }));
      print(options, { ok: true, orders: natural }, () => renderOrders(orders, unitsOfOrder));
    });
  });
}

const pageSize = 1000;

async function allOrders(
  client: OutcryClient,
  { symbol }: ListOptions,
): Promise<readonly OrderDetails[]> {
  const orders: OrderDetails[] = [];
  for (;;) {
    const last = orders.at(-1);
    const page = await client.openOrders({
      limit: pageSize,
      ...(symbol === undefined ? {} : { symbol }),
      ...(last === undefined ? {} : { after: last.orderId }),
    });
    orders.push(...page);
    if (page.length < pageSize) return orders;
  }
}

// ---- What they share -------------------------------------------------------------------------

async function findOrder(client: OutcryClient, name: OrderName): Promise<OrderDetails> {
  const details = await client.order(name);
  if (details !== undefined) return details;
  const shown = "orderId" in name ? name.orderId : name.clientOrderId;
  throw new CommandFault(
    "order-unknown",
    `account ${client.account} has no order ${shown} (closed ones are remembered for a minute)`,
  );
}

async function unitsOf(client: OutcryClient, { symbol }: OrderDetails): Promise<NaturalUnits> {
  const { unitsOfSymbol } = await access();
  return await unitsOfSymbol(client, symbol);
}
