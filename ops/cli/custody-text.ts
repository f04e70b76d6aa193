/** Deposits, withdrawals and the rules of custody as people read them. */
import { decimalOf } from "../../clients/sdk/index.ts";
import type {
  CustodyPoliciesReply,
  DepositsReply,
  SegregationReply,
  SweepsReply,
  Withdrawal,
} from "../../protocols/api/custody-requests.ts";
import type { Asset } from "../../protocols/api/replies.ts";
import { visible } from "../telemetry/visible-text.ts";
import { CommandFault, renderTable } from "./output.ts";

export type Assets = readonly Asset[];

export function assetNamed(assets: Assets, name: string): Asset {
  const known = assets.find(({ asset }) => asset === name);
  if (known !== undefined) return known;
  throw new CommandFault("asset-unknown", `there is no asset ${name}: ./outcry asset list`);
}

/** Units as a decimal number of whole ones. */
export function wholeOf(units: string, name: string, assets: Assets): string {
  return decimalOf(units, assets.find(({ asset }) => asset === name)?.decimals ?? 0);
}

export function renderWithdrawals(withdrawals: readonly Withdrawal[], assets: Assets): string {
  if (withdrawals.length === 0) return "there are none";
  const rows = withdrawals.map(({ account, number, asset, amount, ...rest }) => [
    ...[account, String(number), wholeOf(amount, asset, assets), asset, rest.status],
    ...[`${String(rest.approvers.length)}/${String(rest.needed)}`, rest.address, rest.transaction],
  ]);
  const head = [
    "ACCOUNT",
    " NUMBER",
    " AMOUNT",
    "ASSET",
    "STATUS",
    "APPROVED",
    "TO",
    "TRANSACTION",
  ];
  return renderTable(head, rows);
}

export function renderDeposits({ deposits }: DepositsReply, assets: Assets): string {
  if (deposits.length === 0) return "nothing has come in";
  const rows = deposits.map(({ account, asset, amount, status, transaction, output }) => [
    ...[account, wholeOf(amount, asset, assets), asset, status],
    `${transaction}:${String(output)}`,
  ]);
  return renderTable(["ACCOUNT", " AMOUNT", "ASSET", "STATUS", "OUTPUT"], rows);
}

export function renderPolicies(policies: CustodyPoliciesReply["policies"], assets: Assets): string {
  if (policies.length === 0) return "no asset has any rules: nothing comes in or goes out";
  return policies.map((policy) => policyText(policy, assets)).join("\n\n");
}

function policyText(policy: CustodyPoliciesReply["policies"][number], assets: Assets): string {
  const { asset, approvers, quorum, custodian, tiers, revision } = policy;
  const whole = (units: string): string => wholeOf(units, asset, assets);
  const { withdrawalMin, withdrawalMax, dailyMax, depositMin } = policy;
  return [
    `${asset}, revision ${String(revision)}`,
    `  sent by      ${visible(custodian)}`,
    `  approvers    ${approvers.map(visible).join(", ")}; ${String(quorum)} for a change`,
    ...tiers.map(({ from, needed }) => `  from ${whole(from)}: ${String(needed)} to approve`),
    `  withdrawals  ${whole(withdrawalMin)} to ${whole(withdrawalMax)}, ${whole(dailyMax)} a day`,
    `  addresses    cool off for ${String(policy.coolOffSeconds)} s`,
    `  deposits     from ${whole(depositMin)}, after ${String(policy.confirmations)} blocks`,
  ].join("\n");
}

export function renderSweeps(known: SweepsReply, assets: Assets): string {
  if (known.sweeps.length === 0) return "nothing was to be moved yet";
  const rows = known.sweeps.map(({ asset, number, from, to, amount, status, ...rest }) => [
    ...[asset, String(number), wholeOf(amount, asset, assets), from, to, status],
    ...[`${String(rest.approvers.length)}/${String(rest.needed)}`, rest.transaction],
  ]);
  const head = ["ASSET", " NUMBER", " AMOUNT", "FROM", "TO", "STATUS", "APPROVED", "TRANSACTION"];
  const moved = known.wallets.map(({ asset, wallet, swept, arriving, leaving }) => {
    return [asset, wallet, ...[swept, arriving, leaving].map((of) => wholeOf(of, asset, assets))];
  });
  const sides = ["ASSET", "WALLET", " SWEPT", " ARRIVING", " LEAVING"];
  return `${renderTable(head, rows)}\n\n${renderTable(sides, moved)}`;
}

export function renderSegregation(owed: SegregationReply["assets"], assets: Assets): string {
  const rows = owed.map((is) => {
    const whole = (units: string): string => wholeOf(units, is.asset, assets);
    const clients = [whole(is.owed), whole(is.withdrawing), whole(is.house)];
    return [is.asset, ...clients, whole(is.issued), whole(is.held), whole(is.dust)];
  });
  const sides = [" OWED", " WITHDRAWING", " HOUSE", " ISSUED", " ON CHAIN", " DUST"];
  return renderTable(["ASSET", ...sides], rows);
}
