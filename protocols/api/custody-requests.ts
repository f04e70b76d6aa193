/**
 * What is asked about deposits and withdrawals, and said in answer: by accounts of their own, by
 * administrators of the rules and of what waits for approvals, and by the custodian of its chain.
 */
import { Type } from "typebox";
import type { Static, TProperties } from "typebox";
import {
  confirmationsMax,
  coolOffSecondsMax,
  custodyApproversMax,
  custodyPatterns,
  custodyTiersMax,
  DepositStatus,
  DepositStep,
  WithdrawalStatus,
  WithdrawalStep,
} from "../custody.ts";
import { SweepStatus, SweepStep, walletNamePattern } from "../sweeps.ts";
import { approvals } from "./approval-document.ts";
import {
  accountId,
  amount,
  assetId,
  closed,
  count,
  integer,
  list,
  remark,
  timeUs,
} from "./fields.ts";

const words = <List extends Readonly<Record<string, number>>>(of: List) =>
  Object.keys(of) as (keyof List & string)[];

const reference = Type.String({
  pattern: custodyPatterns.reference,
  description: "The account's own name for it: by the same one it is the same request.",
});
const address = Type.String({
  pattern: custodyPatterns.address,
  description: "An address on the asset's chain.",
});
const transaction = Type.String({
  pattern: custodyPatterns.transaction,
  description: "The transaction's id on the chain.",
});
const number = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "The withdrawal: counts those of its account from 1.",
});
const output = count({ description: "Which output of the transaction, from 0." });
const reason = remark("Why, for the record.");
const attributed = { reason, approvals };

// ---- Accounts ------------------------------------------------------------------------------

export const requestWithdrawalRequest = Type.Object(
  { reference, asset: assetId(), amount: amount("How much."), address },
  closed,
);
export const cancelWithdrawalRequest = Type.Object({ number }, closed);
export const addressRequest = Type.Object({ asset: assetId(), address }, closed);
export const nothingRequest = Type.Object({}, closed);

// ---- Administrators ------------------------------------------------------------------------

export const tier = Type.Object(
  {
    from: amount("Of so much or more."),
    needed: integer({ description: "How many have to approve.", rule: "at least 0" }),
  },
  { ...closed, description: "How many have to approve of a withdrawal." },
);

const rules = {
  asset: assetId(),
  custodian: accountId("Who watches the chain and sends to it."),
  approvers: Type.Array(accountId("An administrator."), {
    maxItems: custodyApproversMax,
    description: "Who may approve of withdrawals, and of a change of these rules.",
  }),
  quorum: integer({ description: "How many of them a change takes.", rule: "at least 1" }),
  withdrawalMin: amount("The least of one withdrawal."),
  withdrawalMax: amount("The most of one withdrawal."),
  dailyMax: amount("The most that one account asks for within 24 hours."),
  coolOffSeconds: integer({
    description: "How long an address is known before anything goes there.",
    unit: "s",
    rule: `0 to ${String(coolOffSecondsMax)}`,
  }),
  tiers: Type.Array(tier, {
    maxItems: custodyTiersMax,
    description: "By ascending amount, the first from 0.",
  }),
  confirmations: integer({
    description: "How many blocks a deposit lies under before it is credited, its own included.",
    rule: `1 to ${String(confirmationsMax)}`,
  }),
  depositMin: amount("Less than this is dust: collected, and credited to nobody."),
};

export const setCustodyPolicyRequest = Type.Object({ ...rules, ...attributed }, closed);

const named = {
  account: accountId(),
  number,
  asset: assetId(),
  amount: amount("How much."),
  address,
};
export const judgeWithdrawalRequest = Type.Object({ ...named, ...attributed }, closed);
export const withdrawalsRequest = Type.Object(
  { account: Type.Optional(accountId("Whose; left out, those of all that are not over.")) },
  closed,
);
export const depositsRequest = Type.Object(
  { account: Type.Optional(accountId("Whose; left out, of all accounts.")) },
  closed,
);

// ---- The custodian -------------------------------------------------------------------------

export const advanceWithdrawalRequest = Type.Object(
  {
    account: accountId(),
    number,
    step: Type.Enum(words(WithdrawalStep), { description: "What became of it." }),
    transaction: Type.Optional(transaction),
    ...attributed,
  },
  closed,
);
export const assignAddressRequest = Type.Object(
  { account: accountId(), asset: assetId(), address, ...attributed },
  closed,
);
export const reportDepositRequest = Type.Object(
  {
    asset: assetId(),
    address,
    amount: amount("How much."),
    transaction,
    output,
    step: Type.Enum(words(DepositStep), { description: "What became of it." }),
    confirmations: count({ description: "Blocks that it lies under, its own included." }),
    ...attributed,
  },
  closed,
);

// ---- Between wallets -----------------------------------------------------------------------

const wallet = (description: string) => Type.String({ pattern: walletNamePattern, description });
const sweepNumber = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "The sweep: counts those of its asset from 1.",
});
const moved = {
  asset: assetId(),
  from: wallet("The wallet that gives."),
  to: wallet("The wallet that gets."),
  amount: amount("How much."),
};
const sweepReference = Type.String({
  pattern: custodyPatterns.reference,
  description: "The custodian's own name for it: by the same one it is the same sweep.",
});

export const proposeSweepRequest = Type.Object(
  { ...moved, reference: sweepReference, ...attributed },
  closed,
);
export const releaseSweepRequest = Type.Object(
  { ...moved, number: sweepNumber, ...attributed },
  closed,
);
export const advanceSweepRequest = Type.Object(
  {
    asset: assetId(),
    number: sweepNumber,
    step: Type.Enum(words(SweepStep), { description: "What became of it." }),
    transaction: Type.Optional(transaction),
    ...attributed,
  },
  closed,
);

// ---- Replies -------------------------------------------------------------------------------

const answer = <Fields extends TProperties>(fields: Fields) =>
  Type.Object({ ok: Type.Literal(true), ...fields });

export const withdrawalNumberReply = answer({ number });

export const withdrawal = Type.Object(
  {
    account: accountId(),
    number,
    reference,
    asset: assetId(),
    amount: amount("How much."),
    address,
    status: Type.Enum(words(WithdrawalStatus), { description: "Where it stands." }),
    requestedUs: timeUs,
    needed: count({ description: "How many have to approve." }),
    approvers: list(Type.String(), "Who has approved."),
    transaction: Type.String({ description: "On the chain; empty while it has none." }),
  },
  { description: "A withdrawal." },
);
export const withdrawalsReply = answer({ withdrawals: list(withdrawal, "Oldest first.") });

export const allowed = Type.Object(
  { asset: assetId(), address, usableFromUs: timeUs },
  { description: "Where the account may withdraw to, and from when on." },
);
export const addressesReply = answer({ addresses: list(allowed, "In the order of allowing.") });

const { custodian: _, approvers: __, quorum: ___, tiers: ____, ...bounds } = rules;
export const limit = Type.Object(bounds, {
  description: "What the rules of an asset ask of everybody.",
});
export const withdrawalLimitsReply = answer({
  limits: list(limit, "By asset."),
});

export const deposit = Type.Object(
  {
    account: accountId(),
    asset: assetId(),
    address,
    amount: amount("How much."),
    transaction,
    output,
    status: Type.Enum(words(DepositStatus), { description: "Where it stands." }),
  },
  { description: "What came in." },
);
export const depositAddress = Type.Object(
  { account: accountId(), asset: assetId(), address },
  { description: "What comes to this address is the account's." },
);
export const depositsReply = answer({
  addresses: list(depositAddress, "In the order of assigning."),
  deposits: list(deposit, "In the order of being seen."),
});

export const policy = Type.Object(
  { ...rules, revision: count({ description: "Counts the changes." }) },
  { description: "The rules of one asset." },
);
export const custodyPoliciesReply = answer({ policies: list(policy, "By asset.") });

export const holding = Type.Object(
  {
    asset: assetId(),
    owed: amount("What all accounts have, but for the exchange's own."),
    withdrawing: amount("Of that, set aside to be sent."),
    house: amount("What the exchange has earned and not given away."),
    issued: amount("What administrators have brought in."),
    held: amount("What came in from the chain for accounts and has not left."),
    dust: amount("What came in from the chain and is owed to nobody."),
  },
  { description: "What is owed of an asset, and what it came from." },
);
export const segregationReply = answer({ assets: list(holding, "In the order of adding.") });

export const sweep = Type.Object(
  {
    ...moved,
    number: sweepNumber,
    reference: sweepReference,
    status: Type.Enum(words(SweepStatus), { description: "Where it stands." }),
    needed: count({ description: "How many have to approve." }),
    approvers: list(Type.String(), "Who has approved."),
    transaction: Type.String({ description: "On the chain; empty while it has none." }),
  },
  { description: "What is moved between wallets of an asset." },
);
export const walletMoves = Type.Object(
  {
    asset: assetId(),
    wallet: wallet("The wallet."),
    swept: amount("What sweeps that are done have brought it less what they took."),
    arriving: amount("What sweeps are to bring it that are not over."),
    leaving: amount("What sweeps are to take from it that are not over."),
  },
  { description: "What the log knows to have been moved to and from a wallet." },
);
export const sweepsReply = answer({
  sweeps: list(sweep, "In the order of proposing, asset by asset."),
  wallets: list(walletMoves, "All that sweeps name, in the order of being named."),
});

export type ProposeSweepRequest = Static<typeof proposeSweepRequest>;
export type ReleaseSweepRequest = Static<typeof releaseSweepRequest>;
export type AdvanceSweepRequest = Static<typeof advanceSweepRequest>;
export type SweepsReply = Static<typeof sweepsReply>;
export type SweepInLog = SweepsReply["sweeps"][number];
export type RequestWithdrawalRequest = Static<typeof requestWithdrawalRequest>;
export type CancelWithdrawalRequest = Static<typeof cancelWithdrawalRequest>;
export type AddressRequest = Static<typeof addressRequest>;
export type SetCustodyPolicyRequest = Static<typeof setCustodyPolicyRequest>;
export type JudgeWithdrawalRequest = Static<typeof judgeWithdrawalRequest>;
export type WithdrawalsRequest = Static<typeof withdrawalsRequest>;
export type DepositsRequest = Static<typeof depositsRequest>;
export type AdvanceWithdrawalRequest = Static<typeof advanceWithdrawalRequest>;
export type AssignAddressRequest = Static<typeof assignAddressRequest>;
export type ReportDepositRequest = Static<typeof reportDepositRequest>;
export type WithdrawalNumberReply = Static<typeof withdrawalNumberReply>;
export type WithdrawalsReply = Static<typeof withdrawalsReply>;
export type Withdrawal = WithdrawalsReply["withdrawals"][number];
export type AddressesReply = Static<typeof addressesReply>;
export type WithdrawalLimitsReply = Static<typeof withdrawalLimitsReply>;
export type DepositsReply = Static<typeof depositsReply>;
export type CustodyPoliciesReply = Static<typeof custodyPoliciesReply>;
export type CustodyRules = Omit<CustodyPoliciesReply["policies"][number], "revision">;
export type SegregationReply = Static<typeof segregationReply>;
