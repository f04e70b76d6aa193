/** `outcry order place-list`: orders that depend on one another, from JSON. */
import { readFileSync } from "node:fs";
import { Argument } from "commander";
import type { Command } from "commander";
import type { OrderResult, OutcryClient } from "../../clients/sdk/index.ts";
import type { PlaceListRequest } from "../../protocols/api/order-requests.ts";
import { listTypeWords } from "../../protocols/api/words.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { CommandFault } from "./output.ts";
import { placeRequestIn } from "./place-options.ts";

export type ListTypeWord = PlaceListRequest["type"];

export function withListArguments(command: Command): Command {
  return command
    .addArgument(new Argument("<type>", "how they depend on one another").choices(listTypeWords))
    .argument(
      "<orders...>",
      'each as order.place takes it, such as \'{"symbol":"BTC-USDT","side":"sell",…}\', where ' +
        "prices and quantities in quotes are decimal numbers; or a file with a list of them",
    );
}

export interface ListToPlace {
  readonly type: ListTypeWord;
  /** JSON, or a file's name. */
  readonly orders: readonly string[];
  readonly unitsOfSymbol: (client: OutcryClient, symbol: string) => Promise<NaturalUnits>;
}

export async function placeList(
  client: OutcryClient,
  { type, orders, unitsOfSymbol }: ListToPlace,
): Promise<OrderResult> {
  const requests = [];
  for (const order of ordersIn(orders)) {
    const { symbol } = order;
    if (typeof symbol !== "string") throw misread("every order has a symbol");
    requests.push(placeRequestIn(order, await unitsOfSymbol(client, symbol)));
  }
  return await client.placeList({ type, orders: requests });
}

type Fields = Readonly<Record<string, unknown>>;

/** The orders in JSON arguments, or in the files that they name. */
export function ordersIn(texts: readonly string[]): readonly Fields[] {
  return texts.flatMap((text) => {
    const isJson = text.trimStart().startsWith("{");
    const parsed = isJson ? parse(text, text) : parse(contentOf(text), text);
    const found: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return found.map((order) => {
      if (typeof order !== "object" || order === null) throw misread(`${text} holds no orders`);
      return order as Fields;
    });
  });
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw misread(`${file} cannot be read: ${error instanceof Error ? error.message : ""}`);
  }
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw misread(`${where} is no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

function misread(message: string): CommandFault {
  return new CommandFault("usage", message, { exitCode: 2 });
}
