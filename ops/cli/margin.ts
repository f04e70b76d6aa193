/** `outcry margin`: what positions ask of an account's cash, and how they are kept. */
import { Command } from "commander";
import type { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { modeCommand, moveCommand } from "./isolated-margin.ts";
import { renderMargin } from "./margin-text.ts";
import { withAccountOptions } from "./options.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("margin")
    .description("What positions ask of an account's cash, and how they are kept.")
    .addCommand(showCommand())
    .addCommand(modeCommand())
    .addCommand(moveCommand("add"))
    .addCommand(moveCommand("remove"))
    .addCommand(accountCommand("allow", true))
    .addCommand(accountCommand("deny", false));
}

function showCommand(): Command {
  const show = new Command("show").description(
    "Tells what an account's positions and orders in contracts ask of its cash, and what is free.",
  );
  return withAccountOptions(show).action(async (options: AccountOptions) => {
    const { withAccount } = await access();
    await withAccount(options, async (client: OutcryClient) => {
      const [margin, assets] = await Promise.all([client.margin(), client.assets()]);
      print(options, margin, () => renderMargin(margin, assets));
    });
  });
}

function accountCommand(name: string, isMargin: boolean): Command {
  const set = new Command(name)
    .description(
      isMargin
        ? "Lets an account open positions: ./outcry margin allow demo --reason 'suitability checked'"
        : "Has an account open no more positions; those that it has it can close.",
    )
    .argument("<account>", "the account");
  return withApprovals(withReason(set)).action(
    async (account: string, options: InterventionOptions) => {
      const { withAdmin, accepted } = await access();
      const act = async (admin: AdminClient) => {
        const body = { account, isMargin, reason: options.reason };
        if (await isProposed(admin, { options, request: "margin.setAccount", body })) return;
        accepted(await admin.setMarginAccount({ ...body, ...approvalsIn(options) }));
        const text = isMargin ? "may open positions" : "opens no more positions";
        print(options, { ok: true, account, isMargin }, () => `${account} ${text}`);
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}
