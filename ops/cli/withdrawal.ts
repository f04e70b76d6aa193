/** `outcry withdrawal`: what an account wants sent out, and who lets it go. */
import { randomUUID } from "node:crypto";
import { Command } from "commander";
import type { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import type { JudgeWithdrawalRequest, Withdrawal } from "../../protocols/api/custody-requests.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { assetNamed, renderWithdrawals } from "./custody-text.ts";
import type { AccountOptions } from "./exchange-access.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { amountOf } from "./natural-units.ts";
import { countOption, withAccountOptions } from "./options.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("withdrawal")
    .description("Asks for withdrawals, and lets them go.")
    .addCommand(requestCommand())
    .addCommand(cancelCommand())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(addressCommand("allow"))
    .addCommand(addressCommand("forget"))
    .addCommand(addressesCommand())
    .addCommand(pendingCommand())
    .addCommand(judgeCommand("approve"))
    .addCommand(judgeCommand("refuse"));
}

/** What a command of an account does with its line. */
async function asAccount(
  options: AccountOptions,
  act: (client: OutcryClient) => Promise<void>,
): Promise<void> {
  const { withAccount } = await access();
  await withAccount(options, act);
}

// ---- The account's -------------------------------------------------------------------------

interface RequestOptions extends AccountOptions {
  readonly reference?: string;
}

function requestCommand(): Command {
  const request = new Command("request")
    .description("Asks for units to be sent: ./outcry withdrawal request 0.5 BTC sim1q7d2c9e")
    .argument("<amount>", "how much")
    .argument("<asset>", "of what")
    .argument("<address>", "where to; one that the account allows")
    .option("--reference <name>", "by the same one it is the same request (default: a new one)");
  return withAccountOptions(request).action(async (...args) => {
    const [amount, asset, address, options] = args as [string, string, string, RequestOptions];
    await asAccount(options, async (client) => {
      const { accepted } = await access();
      const units = amountOf(amount, assetNamed(await client.assets(), asset));
      const reference = options.reference ?? randomUUID();
      const asked = { reference, asset, amount: units, address };
      const { number } = accepted(await client.custody.request(asked));
      print(options, { ok: true, number, reference }, () => {
        return `withdrawal ${String(number)}: ${amount} ${asset} is set aside (reference ${reference})`;
      });
    });
  });
}

function cancelCommand(): Command {
  const cancel = new Command("cancel")
    .description("Takes a withdrawal back that is not being sent.")
    .argument("<number>", "which", countOption);
  return withAccountOptions(cancel).action(async (number: number, options: AccountOptions) => {
    await asAccount(options, async (client) => {
      const { accepted } = await access();
      accepted(await client.custody.cancel(number));
      print(options, { ok: true, number }, () => `withdrawal ${String(number)} is canceled`);
    });
  });
}

function listCommand(): Command {
  const list = new Command("list").description(
    "Lists the account's withdrawals that are under way, and those that ended within a week.",
  );
  return withAccountOptions(list).action(async (options: AccountOptions) => {
    await asAccount(options, async (client) => {
      const [known, assets] = await Promise.all([client.custody.withdrawals(), client.assets()]);
      print(options, { ok: true, withdrawals: known }, () => renderWithdrawals(known, assets));
    });
  });
}

function showCommand(): Command {
  const show = new Command("show")
    .description("Shows one of the account's withdrawals.")
    .argument("<number>", "which", countOption);
  return withAccountOptions(show).action(async (number: number, options: AccountOptions) => {
    await asAccount(options, async (client) => {
      const withdrawal = numbered(await client.custody.withdrawals(), number);
      const assets = await client.assets();
      print(options, { ok: true, withdrawal }, () => renderWithdrawals([withdrawal], assets));
    });
  });
}

function addressCommand(how: "allow" | "forget"): Command {
  const isAllowed = how === "allow";
  const address = new Command(how)
    .description(
      isAllowed
        ? "Allows withdrawals to an address, once it has cooled off."
        : "Allows no more withdrawals to an address.",
    )
    .argument("<asset>", "of which chain")
    .argument("<address>", "where to");
  return withAccountOptions(address).action(async (...args) => {
    const [asset, where, options] = args as [string, string, AccountOptions];
    await asAccount(options, async ({ custody }) => {
      const { accepted } = await access();
      const asked = { asset, address: where };
      accepted(await (isAllowed ? custody.allowAddress(asked) : custody.forgetAddress(asked)));
      print(options, { ok: true, ...asked }, () => {
        return `${where} is ${isAllowed ? "allowed, once it has cooled off" : "forgotten"}`;
      });
    });
  });
}

function addressesCommand(): Command {
  const addresses = new Command("addresses").description(
    "Lists where the account may withdraw to, and from when on.",
  );
  return withAccountOptions(addresses).action(async (options: AccountOptions) => {
    await asAccount(options, async (client) => {
      const known = await client.custody.addresses();
      print(options, { ok: true, addresses: known }, () => {
        const lines = known.map(({ asset, address, usableFromUs }) => {
          return `${asset} ${address} from ${new Date(usableFromUs / 1000).toISOString()}`;
        });
        return lines.length === 0 ? "there are none" : lines.join("\n");
      });
    });
  });
}

// ---- Administrators' -----------------------------------------------------------------------

interface PendingOptions extends CommonOptions, AdministratorChoice {}

function pendingCommand(): Command {
  const pending = new Command("pending").description(
    "Lists the withdrawals of all accounts that are not over.",
  );
  return withCommonOptions(withAdministratorOptions(pending)).action(
    async (options: PendingOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [known, assets] = await Promise.all([admin.custody.withdrawals(), admin.assets()]);
        print(options, { ok: true, withdrawals: known }, () => renderWithdrawals(known, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

const judgements = {
  approve: { request: "custody.releaseWithdrawal", ask: "release", past: "may be sent" },
  refuse: { request: "custody.refuseWithdrawal", ask: "refuse", past: "is refused" },
} as const;

/** Both take the approvals of others, as every command of administrators does. */
function judgeCommand(how: "approve" | "refuse"): Command {
  const { request, ask, past } = judgements[how];
  const judge = new Command(how)
    .description(
      how === "approve"
        ? "Lets a withdrawal be sent, with the approvals of others: ./outcry withdrawal approve demo 3 " +
            "--reason 'looked at' --propose w3.json, then --approval for each of what they made of it"
        : "Gives back what a withdrawal has set aside that is not being sent.",
    )
    .argument("<account>", "whose")
    .argument("<number>", "which", countOption);
  return withApprovals(withReason(judge)).action(async (...args) => {
    const [account, number, options] = args as [string, number, InterventionOptions];
    const { withAdmin, accepted } = await access();
    const act = async (admin: AdminClient) => {
      const known = numbered(await admin.custody.withdrawals({ account }), number);
      const { asset, amount, address } = known;
      const body: JudgeWithdrawalRequest = {
        ...{ account, number, asset, amount, address, reason: options.reason },
      };
      if (await isProposed(admin, { options, request, body })) return;
      accepted(await admin.custody[ask]({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, account, number }, () => {
        return `withdrawal ${String(number)} of ${account} ${past}`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}

function numbered(withdrawals: readonly Withdrawal[], number: number): Withdrawal {
  const known = withdrawals.find((withdrawal) => withdrawal.number === number);
  if (known !== undefined) return known;
  throw new CommandFault("withdrawal-unknown", `there is no withdrawal ${String(number)}`);
}
