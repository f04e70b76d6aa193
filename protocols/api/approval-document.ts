/**
 * An approval, and what is to be approved, as documents that people hand to each other: what the
 * author of a command prints, and what somebody else makes of it.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { approvalLifetimeUsMax, approvalsMax, tokenLengthMax } from "../approvals.ts";
import { closed, count } from "./fields.ts";

/** A command that somebody is about to give. */
export const proposal = Type.Object(
  {
    cluster: Type.String({ maxLength: 31, description: "The cluster's name." }),
    author: Type.String({ maxLength: 31, description: "Who is going to command it." }),
    content: Type.String({
      pattern: "^[A-Za-z0-9_-]{1,65536}$",
      description: "The command's bytes, as they are in the log, in base64url.",
    }),
  },
  closed,
);

export const approvalDocument = Type.Object(
  {
    cluster: Type.String({ maxLength: 31, description: "For which cluster." }),
    author: Type.String({ maxLength: 31, description: "Whose command is approved." }),
    digest: Type.String({
      pattern: "^[0-9a-f]{64}$",
      description: "SHA-256 of the command's bytes, in hexadecimal.",
    }),
    untilUs: count({
      description: "It holds up to here, in log time.",
      unit: "us since 1970",
      rule: `at most ${String(approvalLifetimeUsMax / 86_400_000_000)} days ahead`,
    }),
    token: Type.String({
      maxLength: tokenLengthMax,
      description: "The JWT of the approver's credentials.",
    }),
    signature: Type.String({
      pattern: "^[A-Za-z0-9_-]{86}$",
      description: "Ed25519 over the statement, by the key that the token is of; in base64url.",
    }),
  },
  { ...closed, description: "What another administrator has signed." },
);

/** What every command of administrators may come with. */
export const approvals = Type.Optional(
  Type.Array(approvalDocument, {
    maxItems: approvalsMax,
    description: "By other administrators, where the policy asks for any.",
  }),
);

export type Proposal = Static<typeof proposal>;
export type ApprovalDocument = Static<typeof approvalDocument>;
