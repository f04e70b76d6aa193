/** `outcry order place-list`: orders that depend on one another, from JSON. */
import { Argument } from "commander";
import type { Command } from "commander";
import type { OrderResult, OutcryClient } from "../../clients/sdk/index.ts";
import type { PlaceListRequest, PlaceRequest } from "../../protocols/api/order-requests.ts";
import { listTypeWords } from "../../protocols/api/words.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { countedIn, objectsIn, symbolIn } from "./order-json.ts";

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
  const requests: PlaceRequest[] = [];
  for (const order of objectsIn(orders)) {
    requests.push(countedIn(order, await unitsOfSymbol(client, symbolIn(order))));
  }
  return await client.placeList({ type, orders: requests });
}
