/**
 * What approvals in the logs are worth: whether each was signed by an administrator, over the very
 * command that it stands with. Gateways looked at that before the command came into the log; here
 * anybody can look again, with nothing but the log and the tokens of the account that
 * administrators were users of.
 */
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { Administrators } from "../../gateway/approvals/administrator-token.ts";
import { digestOf, judgeApproval } from "../../gateway/approvals/genuine-approval.ts";
import {
  contentOfCommand,
  isAdminCommand,
  isShardProducer,
  isStatementName,
  MalformedRecords,
  messagesIn,
  RejectReason,
  rejectReasonName,
  unsealFrame,
} from "../../protocols/index.ts";
import type { AdminCommand, Approval, Message } from "../../protocols/index.ts";
import type { Finding } from "./finding.ts";

export interface ApprovalProof {
  readonly approver: string;
  readonly untilUs: number;
  /** `genuine`, or why it is not, by the name that a gateway refuses it with. */
  readonly verdict: string;
}

/** Credentials may have ended while the command was on its way to the log. */
const underWaySeconds = 60;

export interface ProofContext {
  readonly cluster: string;
  /** Log time of the command. */
  readonly timeUs: number;
  /** By their account's tokens, of now and of before. */
  readonly trusted: readonly Administrators[];
}

export function proofsOf(command: AdminCommand, context: ProofContext): readonly ApprovalProof[] {
  const { approvals = [], author = "" } = command;
  if (approvals.length === 0) return [];
  const digest = digestOf(contentOfCommand(command));
  return approvals.map((approval) => {
    const { approver, untilUs } = approval;
    return { approver, untilUs, verdict: verdictOf(approval, { author, digest }, context) };
  });
}

function verdictOf(
  approval: Approval,
  { author, digest }: { readonly author: string; readonly digest: string },
  { cluster, timeUs, trusted }: ProofContext,
): string {
  if (!isStatementName(author) || !isStatementName(cluster)) return "approval-forged";
  const approved = { purpose: "admin-command", cluster, author, digest } as const;
  const atSeconds = timeUs / 1_000_000 - underWaySeconds;
  let reason: RejectReason = RejectReason["approver-unknown"];
  for (const administrators of trusted) {
    const judgement = judgeApproval(approval, approved, { administrators, atSeconds });
    if (judgement.kind === "refused") {
      if (judgement.reason !== RejectReason["approver-unknown"]) reason = judgement.reason;
    } else if (judgement.approver === approval.approver) {
      return "genuine";
    }
  }
  return rejectReasonName(reason);
}

const entriesAtOnce = 1000;

type ReadableLog = Pick<ReplicatedLog, "read" | "head">;

/** What is wrong with approvals in the logs, whatever became of their commands. */
export async function approvalFindings(
  logs: readonly ReadableLog[],
  context: Omit<ProofContext, "timeUs">,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [shard, log] of logs.entries()) {
    const head = await log.head();
    for (let next = 1; next <= head;) {
      const entries = await log.read(next, { entriesMax: entriesAtOnce });
      for (const entry of entries) {
        findings.push(...findingsIn(entry, shard, context));
        next = entry.sequence + 1;
      }
      if (entries.length === 0) break;
    }
  }
  return findings;
}

function findingsIn(
  { payload, producer, sequence, timeUs }: LogEntry,
  shard: number,
  context: Omit<ProofContext, "timeUs">,
): readonly Finding[] {
  if (isShardProducer(producer)) return [];
  return messagesOf(payload).flatMap((message) => {
    if (!isAdminCommand(message)) return [];
    const doubtful = proofsOf(message, { ...context, timeUs }).filter(isDoubtful);
    const file = `shard ${shard}, entry ${sequence}`;
    return doubtful.map(({ approver, verdict }): Finding => {
      const what = `${message.kind} of ${message.author ?? "nobody"}`;
      return { kind: "approval", file, message: `${what}, approved by ${approver}: ${verdict}` };
    });
  });
}

/** None of a payload that is no frame: replicas pass over it. */
function messagesOf(payload: Uint8Array): readonly Message[] {
  try {
    return messagesIn(unsealFrame(payload));
  } catch (error) {
    if (error instanceof MalformedRecords) return [];
    throw error;
  }
}

export function isDoubtful({ verdict }: ApprovalProof): boolean {
  return verdict !== "genuine";
}
