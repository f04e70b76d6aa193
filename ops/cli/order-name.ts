/** How a command names an order: by the exchange's number, or by its owner's own name. */
import type { Command } from "commander";
import type { AccountOptions } from "./exchange-access.ts";
import { withAccountOptions } from "./options.ts";

export type OrderName = { readonly orderId: number } | { readonly clientOrderId: string };

export interface NamedOrderOptions extends AccountOptions {
  readonly clientId?: boolean;
}

export const orderArgument = ["<order>", "the order's number, or your own name for it"] as const;

export function withNaming(command: Command): Command {
  return withAccountOptions(command).option(
    "--client-id",
    "it is your own name, though it looks like a number",
  );
}

/** A number is the exchange's, unless it is said to be a name. */
export function nameOf(
  order: string,
  { clientId }: Pick<NamedOrderOptions, "clientId">,
): OrderName {
  const number = Number(order);
  const isNumber = /^[0-9]{1,16}$/.test(order) && Number.isSafeInteger(number) && number > 0;
  return isNumber && clientId !== true ? { orderId: number } : { clientOrderId: order };
}
