/** `outcry deficit`: what insurance funds have lacked, and who makes it good. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import type { DeficitsReply } from "../../protocols/api/deficit-requests.ts";
import type { Asset } from "../../protocols/api/replies.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { assetNamed, wholeOf } from "./custody-text.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { amountOf } from "./natural-units.ts";
import { print, renderTable, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("deficit")
    .description("What insurance funds of contracts have lacked, and who makes it good.")
    .addCommand(showCommand())
    .addCommand(coverCommand());
}

function showCommand(): Command {
  const show = new Command("show").description(
    "Tells of losses in contracts that nobody has paid yet, by shard and asset.",
  );
  return withCommonOptions(withAdministratorOptions(show)).action(
    async (options: CommonOptions & AdministratorChoice) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [reply, assets] = await Promise.all([admin.deficits(), admin.assets()]);
        print(options, reply, () => renderDeficits(reply, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function renderDeficits({ deficits }: DeficitsReply, assets: readonly Asset[]): string {
  if (deficits.length === 0) return "nothing is lacking";
  const rows = deficits.map(({ shard, asset, amount }) => {
    return [String(shard), asset, wholeOf(amount, asset, assets)];
  });
  return renderTable(["SHARD", "ASSET", " LACKING"], rows);
}

interface CoverOptions extends InterventionOptions {
  readonly from: string;
}

function coverCommand(): Command {
  const cover = new Command("cover")
    .description(
      "Has an account pay what a fund has lacked, in the shard in which the account lives: " +
        "./outcry deficit cover USDT 250 --from insurance --reason 'as decided'",
    )
    .argument("<asset>", "which")
    .argument("<amount>", "how much, in whole assets")
    .requiredOption("--from <account>", "who pays");
  return withApprovals(withReason(cover)).action(
    async (asset: string, text: string, options: CoverOptions) => {
      const { withAdmin, accepted } = await access();
      const act = async (admin: AdminClient) => {
        const amount = amountOf(text, assetNamed(await admin.assets(), asset));
        const body = { account: options.from, asset, amount, reason: options.reason };
        if (await isProposed(admin, { options, request: "deficit.cover", body })) return;
        accepted(await admin.coverDeficit({ ...body, ...approvalsIn(options) }));
        const { from: account } = options;
        print(options, { ok: true, account, asset, amount }, () =>
          [account, "has paid", text, asset].join(" "),
        );
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}
