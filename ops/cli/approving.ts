/**
 * What every command of an administrator can do beside being given: be written down for others to
 * approve, and come with what they have approved.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { TSchema } from "typebox";
import { Check } from "typebox/value";
import { propose } from "../../clients/sdk/index.ts";
import type { AdminClient } from "../../clients/sdk/index.ts";
import type { AdminCommandName, BodyOf } from "../../protocols/api/admin-translation.ts";
import { approvalDocument, proposal } from "../../protocols/api/approval-document.ts";
import type { ApprovalDocument, Proposal } from "../../protocols/api/approval-document.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, withCommonOptions } from "./output.ts";

export interface ApprovingOptions extends CommonOptions, AdministratorChoice {
  /** Where to write it down; true for standard output. */
  readonly propose?: string | true;
  /** Files. */
  readonly approval?: readonly string[];
}

/** The options of a command that others may have to approve, and those of every command. */
export function withApprovals(command: Command): Command {
  const approved = withAdministratorOptions(command)
    .option("--propose [file]", "do nothing: write down what others are to approve")
    .option("--approval <file>", "what somebody has approved; once for each", fileOption, []);
  return withCommonOptions(approved);
}

function fileOption(file: string, before: readonly string[]): readonly string[] {
  return [...before, file];
}

/** The part of a request that holds its approvals. */
export function approvalsIn({ approval = [] }: ApprovingOptions): {
  readonly approvals?: ApprovalDocument[];
} {
  return approval.length === 0 ? {} : { approvals: approval.map(approvalInFile) };
}

/** Writes down what would be asked for, if that is wanted. Returns whether it is. */
export async function isProposed<Name extends AdminCommandName>(
  admin: AdminClient,
  { options, request, body }: ProposedCommand<Name>,
): Promise<boolean> {
  if (options.propose === undefined) return false;
  const { cluster } = await admin.approvalPolicy();
  if (cluster === undefined) {
    const why = "the gateway that answered takes no approvals: it was not told who administrates";
    throw new CommandFault("approvals-unchecked", why);
  }
  const made = propose(cluster, admin.administrator, { request, body });
  const text = JSON.stringify(made);
  if (options.propose === true) {
    print(options, { ok: true, proposal: made }, () => text);
  } else {
    writeFileSync(options.propose, `${text}\n`);
    const file = options.propose;
    print(options, { ok: true, proposal: made, file }, () => {
      return `nothing was done: ./outcry approve ${file} is for somebody else to say`;
    });
  }
  return true;
}

export interface ProposedCommand<Name extends AdminCommandName> {
  readonly options: ApprovingOptions;
  readonly request: Name;
  readonly body: BodyOf<Name>;
}

/** Throws `CommandFault` where the file holds no approval. */
function approvalInFile(file: string): ApprovalDocument {
  return documentIn<ApprovalDocument>(readFileSync(file, "utf8"), {
    ...{ schema: approvalDocument, what: "approval", file },
  });
}

export function proposalIn(text: string, file: string): Proposal {
  return documentIn<Proposal>(text, { schema: proposal, what: "proposal", file });
}

/** As it is, or as it was printed with `--json`. */
function documentIn<Document>(
  text: string,
  {
    schema,
    what,
    file,
  }: { readonly schema: TSchema; readonly what: string; readonly file: string },
): Document {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const isPrinted = typeof read === "object" && read !== null && what in read;
  const document = isPrinted ? (read as Record<string, unknown>)[what] : read;
  if (Check(schema, document)) return document as Document;
  throw new CommandFault(`${what}-malformed`, `${file} holds no ${what}`);
}
