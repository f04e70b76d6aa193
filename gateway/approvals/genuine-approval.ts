/**
 * Whether an approval is genuine: made by an administrator of the cluster, over this statement.
 * Of no transport and no gateway: whoever has a log can look at what is in it in the same way.
 */
import { createHash } from "node:crypto";
import { RejectReason, statementText } from "../../protocols/index.ts";
import type { Approval, ApprovalStatement } from "../../protocols/index.ts";
import { isSignedBy, readAdministratorToken } from "./administrator-token.ts";
import type { Administrators } from "./administrator-token.ts";

/** What was signed, as it is taken to be. */
export type Approved = Omit<ApprovalStatement, "untilUs">;

/** What an approval consists of, whoever it is said to be by. */
export type Signed = Omit<Approval, "approver">;

export type Judgement =
  | { readonly kind: "genuine"; readonly approver: string }
  | { readonly kind: "refused"; readonly reason: RejectReason };

/** @param atSeconds when it has to be valid, since 1970 */
export function judgeApproval(
  { token, untilUs, signature }: Signed,
  approved: Approved,
  { administrators, atSeconds }: JudgedBy,
): Judgement {
  const holder = readAdministratorToken(token, administrators);
  if (holder === "malformed") return refused("approval-malformed");
  if (holder === "stranger") return refused("approver-unknown");
  if (holder.expiresAtSeconds <= atSeconds) return refused("approver-expired");
  const text = statementText({ ...approved, untilUs });
  if (!isSignedBy(holder.publicKey, text, signature)) return refused("approval-forged");
  return { kind: "genuine", approver: holder.name };
}

export interface JudgedBy {
  readonly administrators: Administrators;
  readonly atSeconds: number;
}

/** As it stands in a statement. */
export function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function refused(reason: keyof typeof RejectReason): Judgement {
  return { kind: "refused", reason: RejectReason[reason] };
}
