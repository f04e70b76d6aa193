/** `outcry account`: who trades here, with what. */
import { randomUUID } from "node:crypto";
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { isAccountId } from "../../protocols/identifiers.ts";
import { dataOption } from "../config/data-directory.ts";
import { demoAccount } from "../config/venue.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { reasonIn, withReasonIfAny } from "./halt.ts";
import type { ReasonIfAny } from "./halt.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, usageFault, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("account")
    .description("Shows, lists, creates and funds accounts.")
    .addCommand(showCommand())
    .addCommand(listCommand())
    .addCommand(createCommand())
    .addCommand(depositCommand());
}

function showCommand(): Command {
  const show = new Command("show")
    .description("Shows what an account has.")
    .argument("[account]", "the account", demoAccount);
  return withCommonOptions(show).action(async (account: string, options: CommonOptions) => {
    const [{ withAccount, termsOf }, { naturalBalance, renderBalances }] = await Promise.all([
      access(),
      import("./balance-text.ts"),
    ]);
    await withAccount({ ...options, account }, async (client) => {
      const [balances, { assets }] = await Promise.all([client.balances(), termsOf(client)]);
      const natural = balances.map((balance) => naturalBalance(balance, assets));
      print(options, { ok: true, account, balances: natural }, () =>
        natural.length === 0 ? `account ${account} has nothing yet` : renderBalances(natural),
      );
    });
  });
}

function listCommand(): Command {
  const list = new Command("list").description("Lists all accounts.");
  return withCommonOptions(list).action(async (options: CommonOptions) => {
    const { withAdmin } = await access();
    const accounts = await withAdmin(findCluster(options), (admin) => admin.accounts());
    print(options, { ok: true, accounts }, () => accounts.join("\n"));
  });
}

interface CreateOptions extends ApprovingOptions, ReasonIfAny {
  readonly participant?: string;
}

function createCommand(): Command {
  const create = new Command("create")
    .description("Opens an account and writes its credentials file, whose path it prints.")
    .argument("<account>", "a name of a to z, 0 to 9 and hyphens")
    .option("--participant <name>", "whose account it is (default: one of its own name)");
  return withApprovals(withReasonIfAny(create)).action(
    async (account: string, options: CreateOptions) => {
      if (!isAccountId(account)) {
        const rule = "a to z, 0 to 9 and hyphens, at most 31 of them, no hyphen first";
        throw usageFault(`${JSON.stringify(account)} is no account's name: ${rule}`);
      }
      const cluster = findCluster(options);
      const [{ withAdmin, accepted }, { loadKeys }, { ensureUser }] = await Promise.all([
        access(),
        import("../credentials/keys.ts"),
        import("../credentials/users.ts"),
      ]);
      const open = async (admin: AdminClient): Promise<boolean | undefined> => {
        const { participant } = options;
        const whose = participant === undefined ? {} : { participant };
        const body = { account, ...whose, ...reasonIn(options) };
        if (await isProposed(admin, { options, request: "account.open", body })) return undefined;
        const result = await admin.openAccount({ ...body, ...approvalsIn(options) });
        // Opened on another machine, or its file was lost: that can be made again.
        if (!result.ok && result.error.name === "account-exists") return true;
        accepted(result);
        return false;
      };
      const exists = await withAdmin(cluster, open, options);
      if (exists === undefined) return;
      const keys = await loadKeys(cluster.file.keys);
      const { file, inboxPrefix } = await ensureUser(keys, { role: "participant", name: account });
      print(options, { ok: true, account, exists, credentials: file, inboxPrefix }, () =>
        exists ? `${file}\n(the account was open already)` : file,
      );
    },
  );
}

interface DepositOptions extends ApprovingOptions, ReasonIfAny {
  readonly reference?: string;
}

function depositCommand(): Command {
  const deposit = new Command("deposit")
    .description("Credits an account: ./outcry account deposit demo 1000 USDT")
    .argument("<account>", "the account")
    .argument("<amount>", "how much, such as 1000 or 0.5")
    .argument("<asset>", "of what, such as USDT")
    .option("--reference <text>", "your name for the deposit: the same is credited once");
  return withApprovals(withReasonIfAny(deposit)).action(async (...args) => {
    const [account, amount, assetName, options] = args as [string, string, string, DepositOptions];
    const isApproved = options.propose !== undefined || (options.approval ?? []).length > 0;
    if (isApproved && options.reference === undefined) {
      throw usageFault("give it a --reference: another one would be another deposit");
    }
    const [{ withAdmin, accepted }, { amountOf }] = await Promise.all([
      access(),
      import("./natural-units.ts"),
    ]);
    const reference = options.reference ?? `cli:${randomUUID()}`;
    const cluster = findCluster(options);
    const again = `./outcry account deposit ${account} ${amount} ${assetName}`;
    const command = `${again} --reference ${reference}${dataOption(cluster.directory.path)}`;
    const act = async (admin: AdminClient) => {
      const assets = await admin.assets();
      const asset = assets.find((known) => known.asset === assetName);
      if (asset === undefined) {
        const names = assets.map((known) => known.asset).join(", ");
        throw new CommandFault(
          "asset-unknown",
          `there is no asset ${assetName}: there are ${names}`,
        );
      }
      const units = amountOf(amount, asset);
      const credit = { account, asset: assetName, amount: units, reference };
      const body = { ...credit, ...reasonIn(options) };
      if (await isProposed(admin, { options, request: "deposit", body })) return;
      accepted(await admin.deposit({ ...body, ...approvalsIn(options) }));
      print(
        options,
        { ok: true, account, asset: assetName, amount: units, reference },
        () => `${account} has ${amount} ${assetName} more (reference ${reference})`,
      );
    };
    await withAdmin(cluster, act, options).catch((error: unknown) => {
      throw repeatable(error, { reference, command });
    });
  });
}

/** Whoever does not know how it ended sends the same again, which is credited once. */
export function repeatable(
  error: unknown,
  deposit: { readonly reference: string; readonly command: string },
): unknown {
  if (!(error instanceof CommandFault) || error.name !== "execution-status-unknown") return error;
  return new CommandFault(
    error.name,
    `no answer came: the deposit may have been credited or not; the same again is credited once: ` +
      deposit.command,
    { details: { ...error.details, ...deposit } },
  );
}
