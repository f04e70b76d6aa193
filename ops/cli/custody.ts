/** `outcry custody`: the rules by which assets come in and go out, and what is owed of each. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { assetNamed, renderPolicies, renderSegregation } from "./custody-text.ts";
import { rulesIn } from "./custody-rules-file.ts";
import { assignCommand } from "./custody-assign.ts";
import { chainCommand } from "./custody-chain.ts";
import { keyCommand } from "./custody-key.ts";
import { sweepCommand } from "./custody-sweep.ts";
import { walletsCommand } from "./custody-wallets.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { print, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

interface AdministratorOptions extends CommonOptions, AdministratorChoice {}

export function command(): Command {
  const policy = new Command("policy")
    .description("The rules of deposits and withdrawals, for each asset.")
    .addCommand(showCommand())
    .addCommand(setCommand());
  return new Command("custody")
    .description(
      "Rules of deposits and withdrawals, what is owed of each asset, and keys of wallets.",
    )
    .addCommand(policy)
    .addCommand(segregationCommand())
    .addCommand(assignCommand())
    .addCommand(walletsCommand())
    .addCommand(sweepCommand())
    .addCommand(keyCommand())
    .addCommand(chainCommand());
}

function showCommand(): Command {
  const show = new Command("show").description("Shows the rules of all assets that have any.");
  return withCommonOptions(withAdministratorOptions(show)).action(
    async (options: AdministratorOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [policies, assets] = await Promise.all([admin.custody.policies(), admin.assets()]);
        print(options, { ok: true, policies }, () => renderPolicies(policies, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

interface SetOptions extends InterventionOptions {
  readonly file: string;
}

function setCommand(): Command {
  const set = new Command("set")
    .description(
      "Sets the rules of an asset, and voids its withdrawals that are not being sent: " +
        "./outcry custody policy set BTC --file btc.json --reason 'as decided' --propose btc-rules.json",
    )
    .argument("<asset>", "whose")
    .requiredOption(
      "--file <file>",
      "JSON: custodian, approvers, quorum, tiers with from and needed, withdrawalMin, withdrawalMax, " +
        "dailyMax, coolOffSeconds, confirmations, depositMin; amounts as people write them",
    );
  return withApprovals(withReason(set)).action(async (name: string, options: SetOptions) => {
    const { withAdmin, accepted } = await access();
    const act = async (admin: AdminClient) => {
      const rules = await rulesIn(options.file, assetNamed(await admin.assets(), name));
      const body = { ...rules, reason: options.reason };
      if (await isProposed(admin, { options, request: "custody.setPolicy", body })) return;
      accepted(await admin.custody.setPolicy({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, rules }, () => `the rules of ${name} hold from now on`);
    };
    await withAdmin(findCluster(options), act, options);
  });
}

function segregationCommand(): Command {
  const segregation = new Command("segregation").description(
    "Tells what is owed of each asset to accounts and what is the exchange's own, and what both came from.",
  );
  return withCommonOptions(withAdministratorOptions(segregation)).action(
    async (options: AdministratorOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [owed, assets] = await Promise.all([admin.custody.segregation(), admin.assets()]);
        print(options, { ok: true, assets: owed }, () => renderSegregation(owed, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}
