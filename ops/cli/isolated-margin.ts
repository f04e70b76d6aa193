/** `outcry margin mode`, `add` and `remove`: isolated positions, and the cash that they have. */
import { randomUUID } from "node:crypto";
import { Argument, Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { SetMarginModeRequest } from "../../protocols/api/margin-requests.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { grouped } from "./natural-units.ts";
import { withAccountOptions } from "./options.ts";
import { print } from "./output.ts";

const access = () => import("./exchange-access.ts");

export function modeCommand(): Command {
  const mode = new Command("mode")
    .description(
      "Has an account's positions in a contract share all of its cash, or be isolated: " +
        "./outcry margin mode BTC-USDT-PERP isolated. Not while it has a position or orders there.",
    )
    .argument("<symbol>", "the contract")
    .addArgument(new Argument("<mode>", "how they are kept").choices(["cross", "isolated"]));
  return withAccountOptions(mode).action(
    async (symbol: string, to: SetMarginModeRequest["mode"], options: AccountOptions) => {
      const { withAccount, accepted } = await access();
      await withAccount(options, async (client: OutcryClient) => {
        accepted(await client.isolated.setMode({ symbol, mode: to }));
        const text = `positions in ${symbol} are ${to === "cross" ? "in cross margin" : to}`;
        print(options, { ok: true, symbol, mode: to }, () => text);
      });
    },
  );
}

interface MoveOptions extends AccountOptions {
  readonly reference?: string;
}

export function moveCommand(name: "add" | "remove"): Command {
  const move = new Command(name)
    .description(
      name === "add"
        ? "Adds cash to what an isolated position has: ./outcry margin add BTC-USDT-PERP 250"
        : "Takes back what an isolated position does not need: " +
            "./outcry margin remove BTC-USDT-PERP 100",
    )
    .argument("<symbol>", "the contract")
    .argument("<amount>", "how much, in its quote asset")
    .option("--reference <name>", "by the same one it is the same move (default: a new one)");
  return withAccountOptions(move).action(
    async (symbol: string, amount: string, options: MoveOptions) => {
      const { withAccount, accepted, unitsOfSymbol } = await access();
      await withAccount(options, async (client: OutcryClient) => {
        const natural = await unitsOfSymbol(client, symbol);
        const units = natural.quoteUnitsOf(amount);
        const reference = options.reference ?? randomUUID();
        accepted(await client.isolated[name]({ symbol, amount: units, reference }));
        const { quote } = natural.instrument;
        const moved = name === "add" ? "is added to" : "is taken from";
        const text = `${grouped(amount)} ${quote} ${moved} the position in ${symbol}`;
        print(options, { ok: true, symbol, amount: units, reference }, () => text);
      });
    },
  );
}
