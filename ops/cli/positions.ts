/** `outcry positions`: what an account has in contracts. */
import { Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { naturalPosition, renderPositions } from "./margin-text.ts";
import { withAccountOptions } from "./options.ts";
import { print } from "./output.ts";

export function command(): Command {
  const positions = new Command("positions").description(
    "Lists an account's positions in contracts, what they are worth at the mark and what margin " +
      "they need: ./outcry positions",
  );
  return withAccountOptions(positions).action(async (options: AccountOptions) => {
    const [{ withAccount, termsOf }, { Terms }] = await Promise.all([
      import("./exchange-access.ts"),
      import("./terms.ts"),
    ]);
    await withAccount(options, async (client: OutcryClient) => {
      const [list, margin] = await Promise.all([client.positions(), client.margin()]);
      const { instruments, assets } = await termsOf(client);
      const terms = new Terms(instruments, assets);
      const positions = list.map((position) => {
        const natural = naturalPosition(position, terms.unitsOf(position.symbol));
        return { ...position, natural };
      });
      print(options, { ok: true, positions }, () => renderPositions(list, margin, terms));
    });
  });
}
