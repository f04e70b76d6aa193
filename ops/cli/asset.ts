/** `outcry asset`: what can be held. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { countOption } from "./options.ts";
import { reasonIn, withReasonIfAny } from "./halt.ts";
import type { ReasonIfAny } from "./halt.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { print, renderTable, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("asset")
    .description("Lists what can be held, and adds an asset.")
    .addCommand(listCommand())
    .addCommand(addCommand());
}

function listCommand(): Command {
  const list = new Command("list")
    .description("Lists all assets.")
    .option("--account <name>", "with whose credentials to look (default: demo)");
  return withCommonOptions(list).action(async (options: AccountOptions) => {
    const { withAccount } = await access();
    const assets = await withAccount(options, (client) => client.assets());
    print(options, { ok: true, assets }, () =>
      renderTable(
        ["ASSET", " DECIMALS"],
        assets.map(({ asset, decimals }) => [asset, String(decimals)]),
      ),
    );
  });
}

function addCommand(): Command {
  const add = new Command("add")
    .description("Adds an asset that accounts can hold.")
    .argument("<asset>", "its code, such as SOL")
    .argument("<decimals>", "decimal places of one whole: 8 means 10^8 units", countOption);
  return withApprovals(withReasonIfAny(add)).action(
    async (asset: string, decimals: number, options: ApprovingOptions & ReasonIfAny) => {
      const { withAdmin, accepted } = await access();
      const act = async (admin: AdminClient) => {
        const body = { asset, decimals, ...reasonIn(options) };
        if (await isProposed(admin, { options, request: "asset.add", body })) return;
        accepted(await admin.addAsset({ ...body, ...approvalsIn(options) }));
        print(options, { ok: true, asset, decimals }, () => `${asset} can be held now`);
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}
