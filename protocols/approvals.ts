/**
 * Approvals: what somebody has signed who agrees with what somebody else is about to command.
 *
 * An approval is an Ed25519 signature, by the key of the approver's own credentials, over a
 * statement: what is approved of which cluster, by whom it is commanded and until when that holds.
 * Beside it stands the token by which the cluster vouches for that key, so that whoever has the log
 * can look again. Here is what they look like; who signs is `clients/sdk/sign-approval.ts`, who
 * looks whether they are genuine `gateway/approval-check.ts`, and actors count them.
 */
import { assert } from "./assert.ts";
import type { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";
import type { TimeUs } from "./units.ts";

export interface Approval {
  readonly approver: string;
  /** It holds up to here, in log time. */
  readonly untilUs: TimeUs;
  /** The JWT of the approver's credentials: it says who holds the key that has signed. */
  readonly token: string;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** What may come with approvals. */
export interface Approvable {
  readonly approvals?: readonly Approval[];
}

/** How many one command may have. */
export const approvalsMax = 8;
/** How far ahead the time may lie up to which one holds: a week. */
export const approvalLifetimeUsMax: TimeUs = 7 * 86_400_000_000;
export const signatureLength = 64;
/** More than any token has that NATS issues for a user of a role. */
export const tokenLengthMax = 2000;
const tokenPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a signature is over. */
export interface ApprovalStatement {
  /** What sort of thing is approved; a signature for one is none for another. */
  readonly purpose: "admin-command";
  readonly cluster: string;
  readonly author: string;
  readonly untilUs: TimeUs;
  /** SHA-256 of its bytes, in lower case hexadecimal. */
  readonly digest: string;
}

const names = /^[a-z0-9][a-z0-9-]*$/;
const sha256 = /^[0-9a-f]{64}$/;

/** The text that is signed, as ASCII: six lines, which anybody can write down again. */
export function statementText(statement: ApprovalStatement): string {
  const { purpose, cluster, author, untilUs, digest } = statement;
  assert(names.test(cluster), "a statement of no cluster");
  assert(names.test(author), "a statement of no author");
  assert(sha256.test(digest), "a statement of no digest");
  return [
    "outcry approval 1",
    `purpose ${purpose}`,
    `cluster ${cluster}`,
    `author ${author}`,
    `until ${String(untilUs)}`,
    `sha256 ${digest}`,
    "",
  ].join("\n");
}

/** Whether a name may stand in a statement. */
export function isStatementName(name: string): boolean {
  return names.test(name);
}

export function isToken(text: string): boolean {
  return text.length <= tokenLengthMax && tokenPattern.test(text);
}

export function fieldsOfApproval(approval: Approval): readonly OrdinaryField[] {
  const { approver, untilUs, token, signature } = approval;
  return [approver, untilUs, token, signature];
}

/** One or more of them. Throws {@link MalformedRecords}. */
export function approvalsIn(fields: Fields): readonly Approval[] {
  return fields.lists(1, approvalsMax).map((list) => {
    const approval = {
      approver: list.party(),
      untilUs: list.count(),
      token: list.text(tokenLengthMax),
      // A copy: a view would keep the bytes of the whole frame in memory.
      signature: new Uint8Array(list.bytes()),
    };
    list.end();
    if (!isToken(approval.token)) throw new MalformedRecords("field is no token");
    if (approval.signature.length !== signatureLength) {
      throw new MalformedRecords("field is no signature");
    }
    return approval;
  });
}
