/** `outcry clearing fails`: who may owe what he does not have, and what has not been delivered. */
import { Command, InvalidArgumentError } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import type { DeliveryTerms, FailsRequest } from "../../protocols/api/fail-requests.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { renderDeliveries, renderPermissions } from "./clearing-text.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { print, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function failsCommand(): Command {
  return new Command("fails")
    .description("Deliveries that have not been made, and who may owe what he does not have.")
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(permissionsCommand())
    .addCommand(permitCommand());
}

interface AdministratorOptions extends CommonOptions, AdministratorChoice {}

interface ListOptions extends AdministratorOptions {
  readonly of?: string;
  readonly all?: boolean;
}

function listCommand(): Command {
  const list = new Command("list")
    .description("Lists deliveries that have failed and are due again.")
    .option("--of <account>", "only those of one account")
    .option("--all", "those that are not due yet, too");
  return withCommonOptions(withAdministratorOptions(list)).action(async (options: ListOptions) => {
    const { withAdmin } = await access();
    const act = async (admin: AdminClient) => {
      const request: FailsRequest = {
        failedOnly: options.all !== true,
        ...(options.of !== undefined && { account: options.of }),
      };
      const [deliveries, assets] = await Promise.all([allOf(admin, request), admin.assets()]);
      print(options, { ok: true, deliveries }, () => renderDeliveries(deliveries, assets));
    };
    await withAdmin(findCluster(options), act, options);
  });
}

/** Page after page. */
async function allOf(admin: AdminClient, request: FailsRequest): Promise<DeliveryTerms[]> {
  const deliveries: DeliveryTerms[] = [];
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page = await admin.fails({ ...request, after });
    deliveries.push(...page.deliveries);
    after = page.next;
  }
  return deliveries;
}

function permissionsCommand(): Command {
  const permissions = new Command("permissions").description("Lists who may owe what.");
  return withCommonOptions(withAdministratorOptions(permissions)).action(
    async (options: AdministratorOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [terms, assets] = await Promise.all([admin.failPermissions(), admin.assets()]);
        print(options, { ok: true, permissions: terms }, () => renderPermissions(terms, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

interface PermitOptions extends InterventionOptions {
  readonly penalty: number;
  readonly buyIn: number;
}

function permitCommand(): Command {
  const permit = new Command("permit")
    .description(
      "Lets an account owe so many units of an asset, 0 for no more: ./outcry clearing fails " +
        "permit demo BTC 50000000 --penalty 10 --buy-in 4 --reason 'market maker'",
    )
    .argument("<account>", "whose orders may be uncovered")
    .argument("<asset>", "of which it may owe some")
    .argument("<units>", "how many at most", units)
    .option(
      "--penalty <basis points>",
      "for each settlement date that something fails on",
      whole,
      0,
    )
    .option("--buy-in <days>", "after so many such dates; 0 for never", whole, 0);
  return withApprovals(withReason(permit)).action(
    async (...given: readonly [string, string, string, PermitOptions]) => {
      const [account, asset, limit, options] = given;
      const { withAdmin, accepted } = await access();
      const terms = {
        ...{ account, asset, limit, penaltyBasisPoints: options.penalty },
        buyInDays: options.buyIn,
      };
      const act = async (admin: AdminClient) => {
        const body = { ...terms, reason: options.reason };
        if (await isProposed(admin, { options, request: "clearing.setFails", body })) return;
        accepted(await admin.setFailPermission({ ...body, ...approvalsIn(options) }));
        print(options, { ok: true, permission: terms }, () =>
          limit === "0"
            ? `${account} may owe no more ${asset}`
            : `${account} may owe ${limit} units of ${asset}`,
        );
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function units(text: string): string {
  if (/^(0|[1-9][0-9]{0,18})$/.test(text)) return text;
  throw new InvalidArgumentError("It is a whole number of units.");
}

function whole(text: string): number {
  if (/^[0-9]{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}
