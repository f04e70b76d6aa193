/**
 * Proposals and approvals: who is going to command something writes it down, somebody else looks at
 * that and signs it, and the author sends the command with what was signed.
 */
import { createHash, createPrivateKey, sign } from "node:crypto";
import { adminCommandOf } from "../../protocols/api/admin-translation.ts";
import type { AdminCommandName, BodyOf } from "../../protocols/api/admin-translation.ts";
import type { ApprovalDocument, Proposal } from "../../protocols/api/approval-document.ts";
import { CredentialsInvalid, parseCredentials } from "../../protocols/credentials.ts";
import type { Credentials } from "../../protocols/credentials.ts";
import {
  commandInContent,
  contentOfCommand,
  isStatementName,
  MalformedRecords,
  statementText,
} from "../../protocols/index.ts";
import type { AdminCommand, TimeUs } from "../../protocols/index.ts";
import { OptionsInvalid } from "./faults.ts";

export interface ProposedRequest<Name extends AdminCommandName> {
  readonly request: Name;
  /** What is going to be sent; approvals in it are left out. */
  readonly body: BodyOf<Name>;
}

/** What the author hands to whoever is to approve. Throws `OptionsInvalid`. */
export function propose<Name extends AdminCommandName>(
  cluster: string,
  author: string,
  { request, body }: ProposedRequest<Name>,
): Proposal {
  const translated = adminCommandOf(request, author, body);
  if (translated.kind === "fault") {
    const { field = request, message = "" } = translated.fault;
    throw new OptionsInvalid(field, message);
  }
  const content = Buffer.from(contentOfCommand(translated.command)).toString("base64url");
  return { cluster, author, content };
}

/**
 * The command that is proposed, for people to look at: from the very bytes that are signed. Throws
 * `OptionsInvalid` if there is none, or it is another one's.
 */
export function proposedCommand({ cluster, author, content }: Proposal): AdminCommand {
  if (!isStatementName(cluster) || !isStatementName(author)) {
    throw new OptionsInvalid("proposal", "it names no cluster, or no author");
  }
  let command: AdminCommand;
  try {
    command = commandInContent(Buffer.from(content, "base64url"));
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
    throw new OptionsInvalid("proposal", `it holds no command: ${error.message}`, error);
  }
  if (command.author === author) return command;
  throw new OptionsInvalid("proposal", `its command is that of ${command.author ?? "nobody"}`);
}

export interface ApprovalOptions {
  /** The text of the approver's .creds file. */
  readonly credentials: string;
  /** It holds up to here, in log time: by the wall clock, more or less. */
  readonly untilUs: TimeUs;
}

/** Approves of what is proposed. Throws `OptionsInvalid`. */
export function signApproval(
  proposal: Proposal,
  { credentials, untilUs }: ApprovalOptions,
): ApprovalDocument {
  proposedCommand(proposal);
  const { cluster, author, content } = proposal;
  const digest = createHash("sha256").update(Buffer.from(content, "base64url")).digest("hex");
  const text = statementText({ purpose: "admin-command", cluster, author, untilUs, digest });
  const { jwt: token, seed } = credentialsIn(credentials);
  const key = createPrivateKey({
    key: Buffer.from(seed),
    format: "raw-private",
    asymmetricKeyType: "ed25519",
  });
  const signature = sign(null, Buffer.from(text), key).toString("base64url");
  return { cluster, author, digest, untilUs, token, signature };
}

function credentialsIn(text: string): Credentials {
  try {
    return parseCredentials(text);
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    throw new OptionsInvalid("credentials", "this is not the text of a .creds file", error);
  }
}
