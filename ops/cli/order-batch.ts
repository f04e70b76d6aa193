/** `outcry order batch`: many orders placed, canceled and replaced at once, from JSON. */
import { Command } from "commander";
import type { OrderResult, OutcryClient } from "../../clients/sdk/index.ts";
import type { BatchCommand } from "../../protocols/api/order-requests.ts";
import type { AccountOptions } from "./exchange-access.ts";
import type { NaturalUnits } from "./natural-units.ts";
import { withAccountOptions } from "./options.ts";
import { countedIn, isNatural, objectsIn, symbolIn } from "./order-json.ts";
import type { JsonObject } from "./order-json.ts";
import { CommandFault, print, usageFault } from "./output.ts";

type UnitsOfSymbol = (client: OutcryClient, symbol: string) => Promise<NaturalUnits>;

/** What became of one command. There are no units where nobody knows which order is meant. */
export interface BatchAnswer {
  readonly result: OrderResult;
  readonly units: NaturalUnits | undefined;
}

export function batchCommand(): Command {
  const command = new Command("batch")
    .description(
      "Places, cancels and replaces orders in one message, in their order. Exits with 1 when one " +
        "of them is refused.",
    )
    .argument(
      "<commands...>",
      'each as in order.batch, such as \'{"op":"cancel","orderId":42}\', where prices and ' +
        "quantities in quotes are decimal numbers; or a file with a list of them",
    );
  return withAccountOptions(command).action(async (...args) => {
    const [commands, options] = args as [readonly string[], AccountOptions];
    const [{ withAccount, unitsOfSymbol }, { describeAnswer, naturalAnswer }] = await Promise.all([
      import("./exchange-access.ts"),
      import("./order-text.ts"),
    ]);
    await withAccount(options, async (client) => {
      const answers = await sendBatch(client, { commands, unitsOfSymbol });
      const ok = answers.every(({ result }) => result.ok);
      print(options, { ok, answers: answers.map(naturalAnswer) }, () =>
        answers.map(describeAnswer).join("\n"),
      );
      if (!ok) process.exitCode = 1;
    });
  });
}

export interface BatchToSend {
  /** JSON, or a file's name. */
  readonly commands: readonly string[];
  readonly unitsOfSymbol: UnitsOfSymbol;
}

/**
 * Nothing is sent before all is understood.
 *
 * @internal
 */
export async function sendBatch(
  client: OutcryClient,
  { commands, unitsOfSymbol }: BatchToSend,
): Promise<readonly BatchAnswer[]> {
  const reader = new BatchReader(client, unitsOfSymbol);
  const read = [];
  for (const json of objectsIn(commands)) read.push(await reader.read(json));
  return await Promise.all(
    read.map(async ({ command, units }) => ({ result: await send(client, command), units })),
  );
}

interface ReadCommand {
  readonly command: BatchCommand;
  readonly units: NaturalUnits | undefined;
}

/** Reads commands in their turn, and knows what the earlier ones place. */
class BatchReader {
  readonly #client: OutcryClient;
  readonly #unitsOfSymbol: UnitsOfSymbol;
  readonly #unitsKnown = new Map<string, NaturalUnits>();
  readonly #symbolOfPlaced = new Map<string, string>();

  constructor(client: OutcryClient, unitsOfSymbol: UnitsOfSymbol) {
    this.#client = client;
    this.#unitsOfSymbol = unitsOfSymbol;
  }

  async read(json: JsonObject): Promise<ReadCommand> {
    switch (json["op"]) {
      case "place": {
        const symbol = symbolIn(json);
        const { clientOrderId } = json;
        if (typeof clientOrderId === "string") this.#symbolOfPlaced.set(clientOrderId, symbol);
        const units = await this.#units(symbol);
        return { command: countedIn(json, units), units };
      }
      case "replace":
        // Without one it would be asked for, and then come after the commands behind it.
        if (json["revision"] === undefined) throw usageFault("a replace in a batch has a revision");
        return await this.#readChange(json);
      case "cancel":
        return await this.#readChange(json);
      default:
        throw usageFault(`op ${JSON.stringify(json["op"])} is not place, cancel or replace`);
    }
  }

  async #readChange(json: JsonObject): Promise<ReadCommand> {
    const symbol = await this.#symbolOf(json);
    if (symbol !== undefined) {
      const units = await this.#units(symbol);
      return { command: countedIn(json, units), units };
    }
    if (!isNatural(json)) return { command: json as unknown as BatchCommand, units: undefined };
    throw new CommandFault("order-unknown", `there is no such order: ${JSON.stringify(json)}`);
  }

  /** What the order is in that is changed; undefined when there is none. */
  async #symbolOf({ orderId, clientOrderId }: JsonObject): Promise<string | undefined> {
    if (typeof clientOrderId === "string") {
      const placed = this.#symbolOfPlaced.get(clientOrderId);
      return placed ?? (await this.#client.order({ clientOrderId }))?.symbol;
    }
    if (typeof orderId !== "number") return undefined;
    return (await this.#client.order({ orderId }))?.symbol;
  }

  async #units(symbol: string): Promise<NaturalUnits> {
    const known = this.#unitsKnown.get(symbol) ?? (await this.#unitsOfSymbol(this.#client, symbol));
    this.#unitsKnown.set(symbol, known);
    return known;
  }
}

/** The client sends together what it is asked for together. */
function send(client: OutcryClient, command: BatchCommand): Promise<OrderResult> {
  switch (command.op) {
    case "place": {
      const { op: _, ...request } = command;
      return client.place(request);
    }
    case "cancel": {
      const { op: _, ...request } = command;
      return client.cancel(request);
    }
    case "replace": {
      const { op: _, ...request } = command;
      return client.replace(request);
    }
  }
}
