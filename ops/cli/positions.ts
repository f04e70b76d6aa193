/** `outcry positions`: what an account has in contracts. */
import { Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { renderPositions } from "./margin-text.ts";
import { withAccountOptions } from "./options.ts";
import { print } from "./output.ts";

export function command(): Command {
  const positions = new Command("positions").description(
    "Lists an account's positions in contracts, what they are worth at the mark and what margin " +
      "they need: ./outcry positions. In lots, ticks and units of the quote asset.",
  );
  return withAccountOptions(positions).action(async (options: AccountOptions) => {
    const { withAccount } = await import("./exchange-access.ts");
    await withAccount(options, async (client: OutcryClient) => {
      const [list, margin] = await Promise.all([client.positions(), client.margin()]);
      print(options, { ok: true, positions: list }, () => renderPositions(list, margin));
    });
  });
}
