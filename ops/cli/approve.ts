/**
 * `outcry approve`: shows what another administrator is about to command, and signs it.
 *
 * What is shown is read from the very bytes that are signed. It asks nobody and needs no cluster to
 * run: credentials are enough.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { proposedCommand, signApproval } from "../../clients/sdk/index.ts";
import type { Proposal } from "../../protocols/api/approval-document.ts";
import { approvalLifetimeUsMax } from "../../protocols/approvals.ts";
import type { AdminCommand } from "../../protocols/messages.ts";
import { join } from "node:path";
import { DataDirectory } from "../config/data-directory.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import { visible } from "../telemetry/visible-text.ts";
import { administratorOf, withAdministratorOptions } from "./administrator.ts";
import type { Administrator, AdministratorChoice } from "./administrator.ts";
import { proposalIn } from "./approving.ts";
import { countOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { aligned, CommandFault, print, usageFault, withCommonOptions } from "./output.ts";

interface ApproveOptions extends CommonOptions, AdministratorChoice {
  readonly minutes: number;
  readonly yes?: boolean;
  readonly out?: string;
}

const hour = 60;
const minutesMax = approvalLifetimeUsMax / 60_000_000;

export function command(): Command {
  const approve = new Command("approve")
    .description(
      "Shows what another administrator proposes, and approves of it: ./outcry approve halt.json " +
        "--as ben --out ben.json",
    )
    .argument("[proposal]", "what a command printed with --propose (default: standard input)", "-")
    .option("--minutes <n>", "for how long it holds", countOption, hour)
    .option("--out <file>", "write the approval there")
    .option("--yes", "ask nothing");
  return withCommonOptions(withAdministratorOptions(approve)).action(runApprove);
}

async function runApprove(file: string, options: ApproveOptions): Promise<void> {
  const { minutes, out } = options;
  if (minutes < 1 || minutes > minutesMax) {
    throw usageFault(`an approval holds from 1 to ${String(minutesMax)} minutes`);
  }
  const text = readFileSync(file === "-" ? 0 : file, "utf8");
  const proposal = proposalIn(text, file === "-" ? "standard input" : file);
  const command = proposedCommand(proposal);
  const { administrator, credentials } = approverOf(options);
  if (administrator === proposal.author) {
    throw new CommandFault("approval-own", `${administrator} proposed it: somebody else approves`);
  }
  const untilUs = (Date.now() + minutes * 60_000) * 1000;
  const shown = renderProposal(proposal, { command, administrator, untilUs });
  if (options.json !== true) process.stderr.write(`${shown}\n`);
  if (options.yes !== true) await askWhether(file, options);
  const approval = signApproval(proposal, { credentials, untilUs });
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(approval)}\n`);
  print(options, { ok: true, administrator, command, approval }, () => {
    return out === undefined ? JSON.stringify(approval) : `approved: ${out}`;
  });
}

/** By the data directory alone: nothing has to run here. */
function approverOf(options: ApproveOptions): Administrator {
  const keys = DataDirectory.find(options.data)?.keys ?? "";
  const admin = join(keys, "users", "admin", `${toolNames.admin}.creds`);
  return administratorOf({ keys, credentials: { admin } }, options);
}

async function askWhether(file: string, { json }: ApproveOptions): Promise<void> {
  if (json === true || file === "-" || !process.stdin.isTTY) {
    throw usageFault("nobody can be asked here whether that is right: look at it, and say --yes");
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question("Approve? [y/N] ");
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new CommandFault("not-approved", "nothing was signed");
}

interface Shown {
  readonly command: AdminCommand;
  readonly administrator: string;
  readonly untilUs: number;
}

/** @internal */
export function renderProposal(
  { cluster, author }: Proposal,
  { command, administrator, untilUs }: Shown,
): string {
  const { kind, author: _, ...fields } = command;
  const details = Object.entries(fields).map(([name, value]) => [`  ${name}`, textOf(value)]);
  const rows = [
    ["cluster", cluster],
    ["author", author],
    ["command", kind],
    ...details,
    ["approver", administrator],
    ["until", new Date(untilUs / 1000).toISOString()],
  ];
  return aligned(
    rows.map((row) => row.map(visible)),
    () => false,
  ).join("\n");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "bigint" ? String(item) : item,
  );
}
