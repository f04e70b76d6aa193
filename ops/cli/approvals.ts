/** `outcry approvals`: how many administrators it takes for what. */
import { Argument, Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { adminCommandKinds } from "../../protocols/admin-commands.ts";
import type { AdminCommandKind } from "../../protocols/messages.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { countOption } from "./options.ts";
import { print, renderTable, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("approvals")
    .description("Tells and says how many others have to approve of what administrators command.")
    .addCommand(showCommand())
    .addCommand(setCommand());
}

function showCommand(): Command {
  const show = new Command("show").description("Tells how many others it takes, for what.");
  return withCommonOptions(show).action(async (options: ApprovingOptions) => {
    const { withAdmin } = await access();
    const { policy } = await withAdmin(findCluster(options), (admin) => admin.approvalPolicy());
    print(options, { ok: true, policy }, () =>
      policy.length === 0
        ? "every administrator may do everything alone"
        : renderTable(
            ["COMMAND", " OTHERS"],
            policy.map(({ command, needed }) => [command, String(needed)]),
          ),
    );
  });
}

function setCommand(): Command {
  const kind = new Argument("<command>", "the kind of command").choices(adminCommandKinds);
  const set = new Command("set")
    .description(
      "Says how many others have to approve of each command of a kind. That needs as many approvals " +
        "itself as the kind takes now, or is to take: ./outcry approvals set deposit 1 --reason audit",
    )
    .addArgument(kind)
    .argument("<others>", "how many; 0 for none", countOption);
  return withApprovals(withReason(set)).action(async (...args) => {
    const [command, needed, options] = args as [AdminCommandKind, number, InterventionOptions];
    const { reason } = options;
    const { withAdmin, accepted } = await access();
    const act = async (admin: AdminClient) => {
      const body = { command, needed, reason };
      if (await isProposed(admin, { options, request: "approvals.setPolicy", body })) return;
      accepted(await admin.setApprovalPolicy({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, command, needed, reason }, () => {
        return `${command} takes ${String(needed)} others from now on`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}
