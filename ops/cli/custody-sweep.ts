/** `outcry custody sweep`: what is moved between wallets, and who lets it go. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import type { SweepInLog } from "../../protocols/api/custody-requests.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { renderSweeps } from "./custody-text.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { countOption } from "./options.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function sweepCommand(): Command {
  return new Command("sweep")
    .description("What the custodian wants moved between wallets, and what became of it.")
    .addCommand(listCommand())
    .addCommand(approveCommand())
    .addCommand(tellCommand("done"))
    .addCommand(tellCommand("dropped"));
}

interface ListOptions extends CommonOptions, AdministratorChoice {}

function listCommand(): Command {
  const sweeps = new Command("list").description(
    "Lists all sweeps, and what they have brought to each wallet less what they took.",
  );
  return withCommonOptions(withAdministratorOptions(sweeps)).action(
    async (options: ListOptions) => {
      const { withAdmin } = await access();
      const act = async (admin: AdminClient) => {
        const [known, assets] = await Promise.all([admin.custody.sweeps(), admin.assets()]);
        print(options, known, () => renderSweeps(known, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

function approveCommand(): Command {
  const approve = withNumber(
    new Command("approve").description(
      "Lets a sweep be sent, with the approvals of a quorum: ./outcry custody sweep approve BTC 3 " +
        "--reason 'looked at' --propose s3.json, then --approval for each of what they made of it",
    ),
  );
  return withApprovals(withReason(approve)).action(async (...args) => {
    const [asset, number, options] = args as [string, number, InterventionOptions];
    const { withAdmin, accepted } = await access();
    const request = "custody.releaseSweep";
    const act = async (admin: AdminClient) => {
      const { from, to, amount } = numbered((await admin.custody.sweeps()).sweeps, asset, number);
      const body = { asset, number, from, to, amount, reason: options.reason };
      if (await isProposed(admin, { options, request, body })) return;
      accepted(await admin.custody.releaseSweep({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, asset, number }, () => {
        return `sweep ${String(number)} of ${asset} may be sent`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}

interface TellOptions extends InterventionOptions {
  readonly transaction?: string;
}

/** For approvers: the custodian says it of the wallets whose keys it has. */
function tellCommand(step: "done" | "dropped"): Command {
  const told = withNumber(
    new Command(step).description(
      step === "done"
        ? "An approver says that a sweep is on its chain, of a wallet whose key the custodian does not have."
        : "An approver says that a sweep is not wanted any more, or that its chain does not take it.",
    ),
  );
  if (step === "done") told.requiredOption("--transaction <id>", "its transaction (required)");
  return withApprovals(withReason(told)).action(async (...args) => {
    const [asset, number, options] = args as [string, number, TellOptions];
    const { withAdmin, accepted } = await access();
    const request = "custody.advanceSweep";
    const { transaction, reason } = options;
    const named = transaction === undefined ? {} : { transaction };
    const act = async (admin: AdminClient) => {
      const body = { asset, number, step, ...named, reason };
      if (await isProposed(admin, { options, request, body })) return;
      const sweep = numbered((await admin.custody.sweeps()).sweeps, asset, number);
      // Whoever has the key begins and ends it in one.
      if (step === "done" && sweep.status === "approved") {
        accepted(await admin.custody.advanceSweep({ asset, number, step: "begun", reason }));
      }
      accepted(await admin.custody.advanceSweep({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, asset, number, step }, () => {
        return `sweep ${String(number)} of ${asset} is ${step}`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}

function withNumber(command: Command): Command {
  return command.argument("<asset>", "of which asset").argument("<number>", "which", countOption);
}

function numbered(sweeps: readonly SweepInLog[], asset: string, number: number): SweepInLog {
  const known = sweeps.find((sweep) => sweep.asset === asset && sweep.number === number);
  if (known !== undefined) return known;
  throw new CommandFault("sweep-unknown", `there is no sweep ${String(number)} of ${asset}`);
}
