/** How scenarios speak of deposits, withdrawals, sweeps and their rules. */
import {
  DepositStep,
  nameIn,
  SweepStatus,
  SweepStep,
  WithdrawalStep,
} from "../../protocols/index.ts";
import type {
  Approval,
  CustodyHoldingView,
  CustodyTerms,
  SweepView,
  TimeUs,
} from "../../protocols/index.ts";
import { Approvers } from "./approving.ts";
import type { SpokenCommands } from "./spoken-commands.ts";

const approvedBy = "(, approved by (?<approvers>[a-z ]+))?";
const toAddress = "(?<amount>\\d+) (?<asset>[A-Z]+) to (?<address>\\S+)";
const betweenWallets = "(?<amount>\\d+) (?<asset>[A-Z]+) from (?<from>\\S+) to (?<to>\\S+)";
const intoTransaction = "( in (?<transaction>\\S+))?";
const why = { author: "ops", reason: "scenario" };
const said = { author: "custodian", reason: "scenario" };

/** Made once for each scenario: no two approvals have one signature. */
export function custodyCommands(): SpokenCommands {
  const approvers = new Approvers();
  const approvalsIn = (names: string | undefined, timeUs: TimeUs): { approvals?: Approval[] } => {
    if (names === undefined) return {};
    const untilUs = timeUs + 3_600_000_000;
    return { approvals: names.split(" ").map((name) => approvers.approval(name, untilUs)) };
  };
  return [
    [
      "custody of (?<asset>[A-Z]+): (?<rules>.+?)" + approvedBy,
      ({ asset = "", rules = "", approvers: names }, timeUs) => ({
        ...{ kind: "set-custody-policy", ...termsIn(asset, rules), ...why },
        ...approvalsIn(names, timeUs),
      }),
    ],
    [
      "(?<account>\\S+) (?<verb>allows|forgets) (?<asset>[A-Z]+) to (?<address>\\S+)",
      ({ account = "", verb, asset = "", address = "" }) => {
        const kind = verb === "allows" ? "allow-address" : "forget-address";
        return { kind, account, asset, address };
      },
    ],
    [
      `(?<account>\\S+) withdraws ${toAddress} as (?<reference>\\S+)`,
      ({ account = "", amount, asset = "", address = "", reference = "" }) => {
        const what = { asset, amount: Number(amount), address };
        return { kind: "request-withdrawal", account, reference, ...what };
      },
    ],
    [
      "(?<account>\\S+) takes back withdrawal (?<number>\\d+)",
      ({ account = "", number }) => {
        return { kind: "cancel-withdrawal", account, number: Number(number) };
      },
    ],
    [
      `(?<verb>release|refuse) withdrawal (?<number>\\d+) of (?<account>\\S+), ${toAddress}` +
        approvedBy,
      (
        { verb, number, account = "", amount, asset = "", address = "", approvers: by },
        timeUs,
      ) => ({
        kind: verb === "release" ? "release-withdrawal" : "refuse-withdrawal",
        ...{ account, number: Number(number), asset, amount: Number(amount), address },
        ...{ ...why, ...approvalsIn(by, timeUs) },
      }),
    ],
    [
      "withdrawal (?<number>\\d+) of (?<account>\\S+) is " +
        `(?<step>begun|broadcast|displaced|confirmed|failed)${intoTransaction}`,
      ({ number, account = "", step, transaction = "" }) => ({
        ...{ kind: "advance-withdrawal", account, number: Number(number), transaction },
        ...{ step: WithdrawalStep[step as keyof typeof WithdrawalStep], ...said },
      }),
    ],
    [
      "what comes to (?<address>\\S+) in (?<asset>[A-Z]+) is of (?<account>\\S+?)" + approvedBy,
      ({ address = "", asset = "", account = "", approvers: by }, timeUs) => ({
        ...{ kind: "assign-deposit-address", account, asset, address },
        ...(by === undefined ? said : { ...why, ...approvalsIn(by, timeUs) }),
      }),
    ],
    [
      `${toAddress} in (?<transaction>\\S+?)(:(?<output>\\d+))? is ` +
        "(?<step>seen|confirmed|orphaned)( under (?<blocks>\\d+) blocks?)?",
      ({ amount, asset = "", address = "", transaction = "", output, step, blocks }) => ({
        ...{ kind: "report-deposit", asset, address, amount: Number(amount), transaction },
        ...{ output: Number(output ?? 0), confirmations: Number(blocks ?? 0) },
        ...{ step: DepositStep[step as keyof typeof DepositStep], ...said },
      }),
    ],
    [
      `propose to move ${betweenWallets} as (?<reference>\\S+)`,
      ({ amount, asset = "", from = "", to = "", reference = "" }) => {
        const moved = { asset, from, to, amount: Number(amount) };
        return { kind: "propose-sweep", ...moved, reference, ...said };
      },
    ],
    [
      `release sweep (?<number>\\d+), ${betweenWallets}${approvedBy}`,
      ({ number, amount, asset = "", from = "", to = "", approvers: by }, timeUs) => ({
        ...{ kind: "release-sweep", number: Number(number), asset, from, to },
        ...{ amount: Number(amount), ...why, ...approvalsIn(by, timeUs) },
      }),
    ],
    [
      "sweep (?<number>\\d+) of (?<asset>[A-Z]+) is (?<step>begun|done|dropped)" + intoTransaction,
      ({ number, asset = "", step, transaction = "" }) => ({
        ...{ kind: "advance-sweep", asset, number: Number(number), transaction },
        ...{ step: SweepStep[step as keyof typeof SweepStep], ...said },
      }),
    ],
  ];
}

/** The custodian is called that, and everything that is not said is little. */
function termsIn(asset: string, rules: string): CustodyTerms {
  const pattern =
    "(?<quorum>\\d+) of (?<names>[a-z ]+), withdrawals of (?<least>\\d+) to (?<most>\\d+), " +
    "(?<daily>\\d+) a day, cool-off (?<coolOff>\\d+) s, (?<needed>\\d+) to approve" +
    "(?<tiers>(, \\d+ from \\d+)*), (?<blocks>\\d+) blocks?, dust below (?<dust>\\d+)";
  const words = new RegExp(`^${pattern}$`).exec(rules)?.groups;
  if (words === undefined) throw new Error(`no scenario says: custody ${rules}`);
  const { names = "", needed, tiers = "" } = words;
  const more = [...tiers.matchAll(/, (\d+) from (\d+)/g)];
  return {
    ...{ asset, custodian: "custodian", approvers: names.split(" ") },
    ...{ quorum: Number(words["quorum"]), withdrawalMin: Number(words["least"]) },
    ...{ withdrawalMax: Number(words["most"]), dailyMax: Number(words["daily"]) },
    ...{ coolOffSeconds: Number(words["coolOff"]), confirmations: Number(words["blocks"]) },
    depositMin: Number(words["dust"]),
    tiers: [
      { from: 0, needed: Number(needed) },
      ...more.map(([, count, from]) => ({ from: Number(from), needed: Number(count) })),
    ],
  };
}

export function sweepTexts(sweeps: readonly SweepView[]): string[] {
  return sweeps.map(({ number, amount, asset, from, to, status, approvers }) => {
    const what = `sweep ${String(number)} of ${String(amount)} ${asset} from ${from} to ${to}`;
    const by = approvers.length === 0 ? "" : `, approved by ${approvers.join(" ")}`;
    return `${what} is ${nameIn(SweepStatus, status)}${by}`;
  });
}

export function holdingText({ asset, issued, held, dust }: CustodyHoldingView): string {
  const sums = `${String(issued)} issued, ${String(held)} held, ${String(dust)} dust`;
  return `${asset}: ${sums}`;
}
