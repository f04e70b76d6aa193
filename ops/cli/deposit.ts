/** `outcry deposit`: where an account's deposits go to, and what has come. */
import { Command } from "commander";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { assetNamed, renderDeposits } from "./custody-text.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { withAccountOptions } from "./options.ts";
import { CommandFault, print } from "./output.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("deposit")
    .description("Where deposits of an account go to, and what has come in.")
    .addCommand(addressCommand())
    .addCommand(listCommand());
}

function addressCommand(): Command {
  const address = new Command("address")
    .description("Tells the addresses that are the account's: ./outcry deposit address BTC")
    .argument("<asset>", "of which chain");
  return withAccountOptions(address).action(async (asset: string, options: AccountOptions) => {
    const { withAccount } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      assetNamed(await client.assets(), asset);
      const { addresses } = await client.custody.deposits();
      const own = addresses.filter((known) => known.asset === asset);
      if (own.length === 0) {
        const why = `the custodian of ${asset} has assigned no address to ${client.account}`;
        throw new CommandFault("address-unknown", why);
      }
      print(options, { ok: true, addresses: own }, () => own.map((one) => one.address).join("\n"));
    });
  });
}

function listCommand(): Command {
  const list = new Command("list").description("Lists what has come in for the account.");
  return withAccountOptions(list).action(async (options: AccountOptions) => {
    const { withAccount } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      const [deposits, assets] = await Promise.all([client.custody.deposits(), client.assets()]);
      print(options, deposits, () => renderDeposits(deposits, assets));
    });
  });
}
