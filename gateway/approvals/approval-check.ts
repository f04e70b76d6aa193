/**
 * Approval check: takes the approvals that came with a request for what goes into the log, or says
 * what is wrong with the first that is not genuine. Whether they are enough, actors decide.
 */
import type { ApprovalDocument } from "../../protocols/api/approval-document.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import {
  isStatementName,
  RejectReason,
  rejectReasonName,
  signatureLength,
} from "../../protocols/index.ts";
import type { Approval, ApprovalStatement } from "../../protocols/index.ts";
import type { Administrators } from "./administrator-token.ts";
import { digestOf, judgeApproval } from "./genuine-approval.ts";
import type { Approved } from "./genuine-approval.ts";

export interface ApprovalCheckParts {
  readonly cluster: string;
  readonly administrators: Administrators;
  /** Since 1970, by the wall clock. */
  readonly nowSeconds: () => number;
}

/** What is to be approved, and by whom it was said. */
export interface ApprovedContent {
  readonly purpose: ApprovalStatement["purpose"];
  readonly author: string;
  readonly content: Uint8Array;
}

export type CheckedApprovals =
  | { readonly kind: "approvals"; readonly approvals: readonly Approval[] }
  | { readonly kind: "fault"; readonly fault: RequestFault };

export class ApprovalCheck {
  /** For which approvals have to be made. */
  readonly cluster: string;
  readonly #administrators: Administrators;
  readonly #nowSeconds: () => number;

  constructor({ cluster, administrators, nowSeconds }: ApprovalCheckParts) {
    this.cluster = cluster;
    this.#administrators = administrators;
    this.#nowSeconds = nowSeconds;
  }

  check(
    { purpose, author, content }: ApprovedContent,
    documents: readonly ApprovalDocument[],
  ): CheckedApprovals {
    if (!isStatementName(author)) return faultAt(0, "approval-of-other-command");
    const approved = { purpose, cluster: this.cluster, author, digest: digestOf(content) };
    const approvals: Approval[] = [];
    for (const [index, document] of documents.entries()) {
      const approval = this.#approvalIn(document, approved);
      if (typeof approval === "string") return faultAt(index, approval);
      approvals.push(approval);
    }
    return { kind: "approvals", approvals };
  }

  #approvalIn(document: ApprovalDocument, approved: Approved): Approval | Reason {
    const { untilUs, token } = document;
    const signature = new Uint8Array(Buffer.from(document.signature, "base64url"));
    if (signature.length !== signatureLength) return "approval-malformed";
    if (document.cluster !== this.cluster) return "approval-of-other-cluster";
    const isOther = document.author !== approved.author || document.digest !== approved.digest;
    const signed = { token, untilUs: untilUs + 0, signature };
    const judgedBy = { administrators: this.#administrators, atSeconds: this.#nowSeconds() };
    const judgement = judgeApproval(signed, approved, judgedBy);
    if (judgement.kind === "genuine") return { approver: judgement.approver, ...signed };
    const { reason } = judgement;
    // Over another command its signature is wrong here, and yet nobody forged it.
    if (isOther && reason === RejectReason["approval-forged"]) return "approval-of-other-command";
    return rejectReasonName(reason) as Reason;
  }
}

type Reason = keyof typeof RejectReason;

function faultAt(index: number, reason: Reason): CheckedApprovals {
  const fault = { reason: RejectReason[reason], field: `approvals[${String(index)}]` };
  return { kind: "fault", fault };
}
