/** `outcry risk`: what accounts are held to before their orders are taken, and who sets it. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { demoAccount } from "../config/venue.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { print, usageFault, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { riskLimitsIn, riskScopeIn, withRiskScope } from "./risk-limit-options.ts";
import type { RiskLimitOptions } from "./risk-limit-options.ts";
import { limitsText, renderRisk, renderRiskRules } from "./risk-text.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  const limits = new Command("limits")
    .description("Shows and sets the limits of accounts, groups and instruments.")
    .addCommand(limitsShowCommand())
    .addCommand(limitsSetCommand());
  return new Command("risk")
    .description("Tells what accounts are held to before their orders are taken, and sets it.")
    .addCommand(showCommand())
    .addCommand(limits)
    .addCommand(groupCommand());
}

function showCommand(): Command {
  const show = new Command("show")
    .description("Tells what an account is held to, and what it has used of that.")
    .argument("[account]", "the account", demoAccount);
  return withCommonOptions(show).action(async (account: string, options: CommonOptions) => {
    const { withAccount, termsOf } = await access();
    await withAccount({ ...options, account }, async (client) => {
      const [risk, terms] = await Promise.all([client.risk(), termsOf(client)]);
      print(options, risk, () => renderRisk(risk, terms));
    });
  });
}

function limitsShowCommand(): Command {
  const show = new Command("show").description(
    "Lists all limits that were set, and which accounts are in groups.",
  );
  return withCommonOptions(withAdministratorOptions(show)).action(
    async (options: CommonOptions & AdministratorChoice) => {
      const { withAdmin, termsOf } = await access();
      const act = async (admin: AdminClient) => {
        const [rules, terms] = await Promise.all([admin.riskLimits(), termsOf(admin)]);
        print(options, rules, () => renderRiskRules(rules, terms));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

type SetOptions = InterventionOptions & RiskLimitOptions;

function limitsSetCommand(): Command {
  const set = new Command("set").description(
    "Sets all limits of an account, a group or everybody, for all they do or at one place, in the " +
      "place of those set before: ./outcry risk limits set --group retail --symbol BTC-USDT " +
      "--order-quantity 0.5 --open-orders 20 --reason 'as agreed'",
  );
  withRiskScope(set)
    .option("--order-quantity <quantity>", "of one order; needs --symbol")
    .option("--order-notional <amount>", "that one order is worth; needs --symbol or --quote")
    .option("--open-orders <count>", "orders that work at a time", count)
    .option("--order-rate <count>", "orders and replaces per second", count)
    .option("--order-burst <count>", "orders and replaces at once (default: the rate)", count)
    .option("--orders-per-trade <count>", "orders, replaces and cancels for each trade", count)
    .option("--orders-free <count>", "as many more of them a day (default: 0)", count)
    .option("--price-basis-points <count>", "of a limit price from the last price", count)
    .option("--position-quantity <quantity>", "to have and to buy; needs --symbol")
    .option("--exposure <amount>", "that is worth; needs --symbol or --quote")
    .option("--net-exposure <amount>", "long less short; needs --symbol or --quote")
    .option("--daily-loss <amount>", "before orders may only reduce; needs --symbol or --quote")
    .option("--repeat-ms <ms>", "within which the same order is not taken twice", count)
    .addOption(
      new Option("--short-sales <what>", "forbidden: nothing that it would not have").choices([
        "forbidden",
      ]),
    )
    .addOption(
      new Option("--restriction <what>", "closed: no orders; sellOnly: none that buy").choices([
        "closed",
        "sellOnly",
      ]),
    )
    .option("--none", "no limits any more");
  return withApprovals(withReason(set)).action(async (options: SetOptions) => {
    const { withAdmin, accepted, termsOf } = await access();
    const act = async (admin: AdminClient) => {
      const terms = await termsOf(admin);
      const scope = riskScopeIn(options);
      const limits = riskLimitsIn(options, terms);
      const body = { ...scope, limits, reason: options.reason };
      if (await isProposed(admin, { options, request: "riskLimits.set", body })) return;
      accepted(await admin.setRiskLimits({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, ...scope, limits }, () =>
        options.none === true
          ? "no such limits from now on"
          : `from now on: ${limitsText(limits, scope, terms)}`,
      );
    };
    await withAdmin(findCluster(options), act, options);
  });
}

interface GroupOptions extends InterventionOptions {
  readonly none?: boolean;
}

function groupCommand(): Command {
  const group = new Command("group")
    .description("Puts an account into a group, or out of its group.")
    .argument("<account>", "which")
    .argument("[group]", "into which")
    .option("--none", "into none");
  return withApprovals(withReason(group)).action(
    async (account: string, name: string | undefined, options: GroupOptions) => {
      if ((name === undefined) !== (options.none === true)) {
        throw usageFault("say which group, or --none");
      }
      const { withAdmin, accepted } = await access();
      const act = async (admin: AdminClient) => {
        const body = {
          account,
          ...(name !== undefined && { group: name }),
          reason: options.reason,
        };
        if (await isProposed(admin, { options, request: "riskLimits.setGroup", body })) return;
        accepted(await admin.setRiskGroup({ ...body, ...approvalsIn(options) }));
        print(options, { ok: true, account, group: name ?? null }, () =>
          name === undefined
            ? `${account} is in no group any more`
            : `${account} is in group ${name} from now on`,
        );
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function count(text: string): number {
  if (/^[0-9]{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}
