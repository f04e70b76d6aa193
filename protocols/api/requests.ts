/**
 * Every request there is: its subject, its schemas, and an example of each.
 *
 * The gateway serves exactly these, the documentation is generated from them, and the tests hold
 * the examples to the schemas.
 */
import type { TSchema } from "typebox";
import type { AccountId } from "../identifiers.ts";
import { apiPrefix, clientSubjects } from "../subjects.ts";
import {
  accountsRequest,
  addAssetRequest,
  armKillSwitchRequest,
  confirmKillSwitchRequest,
  depositRequest,
  haltRequest,
  listInstrumentRequest,
  openAccountRequest,
  publishIndexPriceRequest,
  publishMarkPriceRequest,
  releaseKillSwitchRequest,
  resumeRequest,
  addShardRequest,
  placeActorRequest,
  placementRequest,
  approvalPolicyRequest,
  setApprovalPolicyRequest,
  setBreakerRequest,
} from "./admin-requests.ts";
import * as riskExamples from "./risk-examples.ts";
import * as risk from "./risk-requests.ts";
import * as deficits from "./deficit-requests.ts";
import * as margin from "./margin-requests.ts";
import * as marginExamples from "./margin-examples.ts";
import * as clearing from "./clearing-requests.ts";
import * as clearingExamples from "./clearing-examples.ts";
import * as failExamples from "./fail-examples.ts";
import * as fails from "./fail-requests.ts";
import * as custodyExamples from "./custody-examples.ts";
import * as custody from "./custody-requests.ts";
import {
  feePreviewReply,
  feePreviewRequest,
  feeSchedulesReply,
  feeSchedulesRequest,
  setAccountFeesRequest,
  setFeeScheduleRequest,
} from "./fee-requests.ts";
import {
  assetsRequest,
  candlesRequest,
  depthRequest,
  displayedOrdersRequest,
  instrumentsRequest,
  statisticsRequest,
  statusRequest,
  tradesRequest,
} from "./market-requests.ts";
import {
  balancesRequest,
  batchRequest,
  cancelAllRequest,
  cancelAndPlaceRequest,
  cancelRequest,
  massQuoteRequest,
  openOrdersRequest,
  orderRequest,
  placeListRequest,
  placeRequest,
  replaceRequest,
} from "./order-requests.ts";
import {
  accountsReply,
  approvalPolicyReply,
  placementReply,
  assetsReply,
  balancesReply,
  batchReply,
  cancelAllReply,
  candlesReply,
  depthReply,
  displayedOrdersReply,
  doneReply,
  instrumentsReply,
  killSwitchReply,
  massQuoteReply,
  openOrdersReply,
  orderDetailsReply,
  orderReply,
  statisticsReply,
  statusReply,
  tradesReply,
} from "./replies.ts";
import * as examples from "./request-examples.ts";

/** Who may ask: an account about itself, anybody, or administrators. */
export type RequestScope = "account" | "market" | "admin";

export interface RequestDescription {
  readonly scope: RequestScope;
  /** What it does, as a sentence, and what else one must know. */
  readonly summary: string;
  readonly request: TSchema;
  readonly reply: TSchema;
  readonly example: examples.RequestExample;
}

export const requests = {
  "order.place": {
    scope: "account",
    summary:
      "Places an order. The reply comes when the order rests, waits, is filled, or is refused, and " +
      "tells what was executed at once.",
    request: placeRequest,
    reply: orderReply,
    example: examples.place,
  },
  "order.placeList": {
    scope: "account",
    summary:
      "Places orders that depend on one another: all of them, or none. The reply tells of the " +
      "first one, the execution reports of all.",
    request: placeListRequest,
    reply: orderReply,
    example: examples.placeList,
  },
  "order.cancel": {
    scope: "account",
    summary: "Cancels a working order.",
    request: cancelRequest,
    reply: orderReply,
    example: examples.cancel,
  },
  "order.cancelAndPlace": {
    scope: "account",
    summary:
      "Cancels a working order and places another in its stead. The reply tells of the new order, " +
      "the execution reports of both.",
    request: cancelAndPlaceRequest,
    reply: orderReply,
    example: examples.cancelAndPlace,
  },
  "order.replace": {
    scope: "account",
    summary:
      "Gives a working order a new price and quantity, and changes what it asked for besides where " +
      "the request says so. It keeps its place in the queue only when nothing changes but the " +
      "quantity, and that does not rise.",
    request: replaceRequest,
    reply: orderReply,
    example: examples.replace,
  },
  "order.cancelAll": {
    scope: "account",
    summary:
      "Cancels every working order of the account, or those that all of the request is true of.",
    request: cancelAllRequest,
    reply: cancelAllReply,
    example: examples.cancelAll,
  },
  "order.massQuote": {
    scope: "account",
    summary:
      "Replaces the account's quotes, both sides of each instrument at once. The orders are limit " +
      "orders that rest; the execution reports tell what became of each.",
    request: massQuoteRequest,
    reply: massQuoteReply,
    example: examples.massQuote,
  },
  "order.batch": {
    scope: "account",
    summary:
      "Sends up to 1000 commands in one message. They are applied in order and each is answered. " +
      "When one is malformed none is sent.",
    request: batchRequest,
    reply: batchReply,
    example: examples.batch,
  },
  "order.get": {
    scope: "account",
    summary: "Tells where an order stands. Closed orders are remembered for a minute.",
    request: orderRequest,
    reply: orderDetailsReply,
    example: examples.orderDetails,
  },
  "order.open": {
    scope: "account",
    summary: "Lists working orders, oldest first.",
    request: openOrdersRequest,
    reply: openOrdersReply,
    example: examples.openOrders,
  },
  balances: {
    scope: "account",
    summary: "Lists what the account has of every asset.",
    request: balancesRequest,
    reply: balancesReply,
    example: examples.balances,
  },
  "fees.preview": {
    scope: "account",
    summary:
      "Tells what an order would pay, and what would be reserved for it, or asked of margin.",
    request: feePreviewRequest,
    reply: feePreviewReply,
    example: examples.feePreview,
  },
  "fees.schedules": {
    scope: "market",
    summary: "Lists the fee schedules.",
    request: feeSchedulesRequest,
    reply: feeSchedulesReply,
    example: examples.feeSchedules,
  },
  depth: {
    scope: "market",
    summary: "Tells what rests at each price, best first.",
    request: depthRequest,
    reply: depthReply,
    example: examples.depth,
  },
  displayedOrders: {
    scope: "market",
    summary:
      "Lists the displayed orders one by one, by priority and without a name: market by order.",
    request: displayedOrdersRequest,
    reply: displayedOrdersReply,
    example: examples.displayedOrders,
  },
  trades: {
    scope: "market",
    summary: "Lists the latest trades, newest first.",
    request: tradesRequest,
    reply: tradesReply,
    example: examples.trades,
  },
  candles: {
    scope: "market",
    summary: "Lists candles of an interval, oldest first: closed ones and the running one.",
    request: candlesRequest,
    reply: candlesReply,
    example: examples.candles,
  },
  statistics: {
    scope: "market",
    summary: "Tells what was traded in the last 24 hours.",
    request: statisticsRequest,
    reply: statisticsReply,
    example: examples.statistics,
  },
  instruments: {
    scope: "market",
    summary: "Lists what is traded and how prices and quantities are counted.",
    request: instrumentsRequest,
    reply: instrumentsReply,
    example: examples.instruments,
  },
  assets: {
    scope: "market",
    summary: "Lists what can be held.",
    request: assetsRequest,
    reply: assetsReply,
    example: examples.assets,
  },
  status: {
    scope: "market",
    summary: "Tells which nodes run, how far each has applied each shard's log, and who emits.",
    request: statusRequest,
    reply: statusReply,
    example: examples.status,
  },
  "asset.add": {
    scope: "admin",
    summary: "Adds an asset that accounts can hold.",
    request: addAssetRequest,
    reply: doneReply,
    example: examples.addAsset,
  },
  "instrument.list": {
    scope: "admin",
    summary:
      "Lists an instrument for trading. Its terms never change. Answered when every shard knows.",
    request: listInstrumentRequest,
    reply: doneReply,
    example: examples.listInstrument,
  },
  "account.open": {
    scope: "admin",
    summary: "Opens an account.",
    request: openAccountRequest,
    reply: doneReply,
    example: examples.openAccount,
  },
  "account.all": {
    scope: "admin",
    summary: "Lists all accounts.",
    request: accountsRequest,
    reply: accountsReply,
    example: examples.accounts,
  },
  deposit: {
    scope: "admin",
    summary: "Credits an account with units of an asset that are brought into the exchange.",
    request: depositRequest,
    reply: doneReply,
    example: examples.deposit,
  },
  halt: {
    scope: "admin",
    summary:
      "Halts trading in one instrument, or on the whole venue: new and changed orders are " +
      "refused, cancels are taken.",
    request: haltRequest,
    reply: doneReply,
    example: examples.halt,
  },
  resume: {
    scope: "admin",
    summary: "Resumes trading that was halted. An instrument's halt and the venue's are separate.",
    request: resumeRequest,
    reply: doneReply,
    example: examples.resume,
  },
  "markPrice.publish": {
    scope: "admin",
    summary: "Says what an instrument's mark price is: orders may wait for it.",
    request: publishMarkPriceRequest,
    reply: doneReply,
    example: examples.publishMarkPrice,
  },
  "indexPrice.publish": {
    scope: "admin",
    summary: "Says what the index of a contract is whose terms name no instrument for it.",
    request: publishIndexPriceRequest,
    reply: doneReply,
    example: examples.publishIndexPrice,
  },
  "killSwitch.arm": {
    scope: "admin",
    summary:
      "Prepares to cancel all orders of an account, a participant, an instrument or the venue, and to " +
      "refuse new ones. Nothing happens before it is confirmed, which must be within a minute.",
    request: armKillSwitchRequest,
    reply: killSwitchReply,
    example: examples.armKillSwitch,
  },
  "killSwitch.confirm": {
    scope: "admin",
    summary:
      "Throws a kill switch that was armed. Answered when every place concerned has taken it. After an " +
      "attempt without an answer, `kill-switch-unknown` does not say that it was thrown: arm and " +
      "confirm again, which does no harm.",
    request: confirmKillSwitchRequest,
    reply: doneReply,
    example: examples.confirmKillSwitch,
  },
  "killSwitch.release": {
    scope: "admin",
    summary: "Lets what a kill switch has stopped trade again. Canceled orders do not come back.",
    request: releaseKillSwitchRequest,
    reply: doneReply,
    example: examples.releaseKillSwitch,
  },
  "breaker.set": {
    scope: "admin",
    summary:
      "Makes an instrument the index of the market-wide breaker: when its price has fallen by a level " +
      "since the day began, trading is halted in all instruments. Takes the place of the breaker " +
      "before it.",
    request: setBreakerRequest,
    reply: doneReply,
    example: examples.setBreaker,
  },
  "actor.place": {
    scope: "admin",
    summary:
      "Has an account, or a book with its market, live in another shard. Answered when it is there; " +
      "trading goes on meanwhile. One moves at a time: another one, or the listing of an instrument, " +
      "is refused with `placement-under-way` until then.",
    request: placeActorRequest,
    reply: doneReply,
    example: examples.placeActor,
  },
  "shard.add": {
    scope: "admin",
    summary:
      "Takes one more shard into the venue, which engine nodes and gateways serve already. Answered " +
      "when all shards know of it. Nobody lives there before `actor.place` has somebody move.",
    request: addShardRequest,
    reply: doneReply,
    example: examples.addShard,
  },
  "actor.placement": {
    scope: "admin",
    summary: "Tells which accounts and books were moved, and what moves now.",
    request: placementRequest,
    reply: placementReply,
    example: examples.placement,
  },
  "approvals.setPolicy": {
    scope: "admin",
    summary:
      "Says how many other administrators have to approve of each command of a kind. The request " +
      "itself needs as many approvals as that kind takes before it or after it, and as `set-approval-policy` " +
      "takes, whichever is most: so nobody can ask for more than there are. Of `confirm-kill-switch`, " +
      "who confirms counts as one of those who agree with whoever armed the switch. Answered when it " +
      "holds in every shard.",
    request: setApprovalPolicyRequest,
    reply: doneReply,
    example: examples.setApprovalPolicy,
  },
  "fees.setSchedule": {
    scope: "admin",
    summary:
      "Says what accounts pay for trading some instruments: by how much they have traded of late, and " +
      "so much at least. Orders that are there keep what they were placed under. Without instruments " +
      "the schedule is over. Answered when it holds in every shard.",
    request: setFeeScheduleRequest,
    reply: doneReply,
    example: examples.setFeeSchedule,
  },
  "fees.setAccount": {
    scope: "admin",
    summary: "Gives one account rates of its own, for one instrument or all, or takes them back.",
    request: setAccountFeesRequest,
    reply: doneReply,
    example: examples.setAccountFees,
  },
  "approvals.policy": {
    scope: "admin",
    summary: "Tells how many others have to approve of which commands.",
    request: approvalPolicyRequest,
    reply: approvalPolicyReply,
    example: examples.approvalPolicy,
  },
  "withdrawal.request": {
    scope: "account",
    summary:
      "Asks for units to be sent to an address that the account allows. They are set aside at " +
      "once; the reply tells the number that the withdrawal has.",
    request: custody.requestWithdrawalRequest,
    reply: custody.withdrawalNumberReply,
    example: custodyExamples.requestWithdrawal,
  },
  "withdrawal.cancel": {
    scope: "account",
    summary: "Takes a withdrawal back, up to the moment at which sending it begins.",
    request: custody.cancelWithdrawalRequest,
    reply: doneReply,
    example: custodyExamples.cancelWithdrawal,
  },
  "withdrawal.list": {
    scope: "account",
    summary: "Tells the withdrawals under way, and those that ended within a week.",
    request: custody.nothingRequest,
    reply: custody.withdrawalsReply,
    example: custodyExamples.withdrawals,
  },
  "withdrawal.allowAddress": {
    scope: "account",
    summary: "Allows withdrawals to an address once it has cooled off.",
    request: custody.addressRequest,
    reply: doneReply,
    example: custodyExamples.allowAddress,
  },
  "withdrawal.forgetAddress": {
    scope: "account",
    summary: "Allows no more withdrawals to an address.",
    request: custody.addressRequest,
    reply: doneReply,
    example: custodyExamples.allowAddress,
  },
  "withdrawal.addresses": {
    scope: "account",
    summary: "Tells where the account may withdraw to, and from when on.",
    request: custody.nothingRequest,
    reply: custody.addressesReply,
    example: custodyExamples.addresses,
  },
  "withdrawal.limits": {
    scope: "account",
    summary: "Tells what the rules of each asset ask of deposits and withdrawals.",
    request: custody.nothingRequest,
    reply: custody.withdrawalLimitsReply,
    example: custodyExamples.limits,
  },
  "deposit.list": {
    scope: "account",
    summary: "Tells the addresses of the account, and what has come to them.",
    request: custody.nothingRequest,
    reply: custody.depositsReply,
    example: custodyExamples.depositsOfAccount,
  },
  "risk.show": {
    scope: "account",
    summary: "Tells what the account is held to, and what it has used of that.",
    request: risk.riskRequest,
    reply: risk.riskReply,
    example: riskExamples.risk,
  },
  "riskLimits.set": {
    scope: "admin",
    summary:
      "Sets the limits of risk of an account, of each account of a group or of everybody: for all " +
      "that they do, for a quote asset or for an instrument. They take the place of those that were " +
      "set for just that; without any there are none. Answered when they hold in every shard.",
    request: risk.setRiskLimitsRequest,
    reply: doneReply,
    example: riskExamples.setLimits,
  },
  "riskLimits.setGroup": {
    scope: "admin",
    summary:
      "Puts an account into a group, and out of the one that it was in: each account of a group is " +
      "held to the group's limits by itself. Answered when it holds in every shard.",
    request: risk.setRiskGroupRequest,
    reply: doneReply,
    example: riskExamples.setGroup,
  },
  "riskLimits.show": {
    scope: "admin",
    summary: "Lists all limits of risk that were set, and which accounts are in groups.",
    request: risk.riskLimitsRequest,
    reply: risk.riskLimitsReply,
    example: riskExamples.rules,
  },
  "custody.setPolicy": {
    scope: "admin",
    summary:
      "Sets the rules of an asset: its own quorum has to approve, of those whom the rules " +
      "name now and of those whom they are to name. Withdrawals that are not being sent by " +
      "then are voided. Answered when it holds in every shard.",
    request: custody.setCustodyPolicyRequest,
    reply: doneReply,
    example: custodyExamples.setPolicy,
  },
  "custody.policies": {
    scope: "admin",
    summary: "Tells the rules of all assets that have any.",
    request: custody.nothingRequest,
    reply: custody.custodyPoliciesReply,
    example: custodyExamples.policies,
  },
  "custody.withdrawals": {
    scope: "admin",
    summary: "Tells the withdrawals of one account, or those of all that are not over.",
    request: custody.withdrawalsRequest,
    reply: custody.withdrawalsReply,
    example: custodyExamples.withdrawals,
  },
  "custody.deposits": {
    scope: "admin",
    summary: "Tells addresses and deposits, of one account or of all.",
    request: custody.depositsRequest,
    reply: custody.depositsReply,
    example: custodyExamples.depositsOfAccount,
  },
  "custody.releaseWithdrawal": {
    scope: "admin",
    summary:
      "Lets a withdrawal be sent, approved of by as many as its rules ask for. It names all " +
      "of what it is, so that this is what approvals are of.",
    request: custody.judgeWithdrawalRequest,
    reply: doneReply,
    example: custodyExamples.judgeWithdrawal,
  },
  "custody.refuseWithdrawal": {
    scope: "admin",
    summary: "Gives back what a withdrawal has set aside that is not being sent.",
    request: custody.judgeWithdrawalRequest,
    reply: doneReply,
    example: custodyExamples.judgeWithdrawal,
  },
  "custody.advanceWithdrawal": {
    scope: "admin",
    summary: "The custodian says what became of a withdrawal.",
    request: custody.advanceWithdrawalRequest,
    reply: doneReply,
    example: custodyExamples.advanceWithdrawal,
  },
  "custody.assignAddress": {
    scope: "admin",
    summary: "The custodian says whose an address is, for good.",
    request: custody.assignAddressRequest,
    reply: doneReply,
    example: custodyExamples.assignAddress,
  },
  "custody.reportDeposit": {
    scope: "admin",
    summary: "The custodian says what became of an output to one of these addresses.",
    request: custody.reportDepositRequest,
    reply: doneReply,
    example: custodyExamples.reportDeposit,
  },
  "custody.proposeSweep": {
    scope: "admin",
    summary: "The custodian asks for something to be moved between wallets of an asset.",
    request: custody.proposeSweepRequest,
    reply: doneReply,
    example: custodyExamples.proposeSweep,
  },
  "custody.releaseSweep": {
    scope: "admin",
    summary:
      "Lets a sweep be sent, approved of by a quorum of those whom the rules of the asset name. It names all " +
      "of what is moved, so that this is what approvals are of.",
    request: custody.releaseSweepRequest,
    reply: doneReply,
    example: custodyExamples.releaseSweep,
  },
  "custody.advanceSweep": {
    scope: "admin",
    summary:
      "Says what became of a sweep: the custodian, or an approver of whose wallet the custodian has no key.",
    request: custody.advanceSweepRequest,
    reply: doneReply,
    example: custodyExamples.advanceSweep,
  },
  "custody.sweeps": {
    scope: "admin",
    summary: "Tells what is moved between wallets, and what that has brought to each of them.",
    request: custody.nothingRequest,
    reply: custody.sweepsReply,
    example: custodyExamples.sweeps,
  },
  "custody.segregation": {
    scope: "admin",
    summary:
      "Tells what is owed of each asset to accounts and what is the exchange's own, and what " +
      "both came from.",
    request: custody.nothingRequest,
    reply: custody.segregationReply,
    example: custodyExamples.segregation,
  },
  "clearing.setCycle": {
    scope: "admin",
    summary:
      "Says when trades of some instruments are settled: those that are made from now on. What is owed " +
      "keeps its date. Without instruments the cycle is over. Answered when it holds in every shard.",
    request: clearing.setSettlementCycleRequest,
    reply: doneReply,
    example: clearingExamples.setSettlementCycle,
  },
  "clearing.cycles": {
    scope: "market",
    summary:
      "Lists the settlement cycles. Trades of other instruments are settled as they are made.",
    request: clearing.settlementCyclesRequest,
    reply: clearing.settlementCyclesReply,
    example: clearingExamples.settlementCycles,
  },
  "obligations.list": {
    scope: "account",
    summary: "Tells what the account owes and is owed for trades that are not settled yet.",
    request: clearing.obligationsRequest,
    reply: clearing.obligationsReply,
    example: clearingExamples.obligations,
  },
  "margin.setAccount": {
    scope: "admin",
    summary:
      "Lets an account open positions in contracts, or no more of them. From then on its cash is " +
      "held to what its positions and orders in contracts ask for.",
    request: margin.setMarginAccountRequest,
    reply: doneReply,
    example: marginExamples.setMarginAccount,
  },
  "margin.setMode": {
    scope: "account",
    summary:
      "Has the account's positions in a contract share all of its cash, or be isolated: liquidated " +
      "by themselves, with what is posted for them. Refused while there is a position or an order.",
    request: margin.setMarginModeRequest,
    reply: doneReply,
    example: marginExamples.setMarginMode,
  },
  "margin.add": {
    scope: "account",
    summary: "Adds cash that is free to what an isolated position has to itself.",
    request: margin.moveMarginRequest,
    reply: doneReply,
    example: marginExamples.moveMargin,
  },
  "margin.remove": {
    scope: "account",
    summary: "Takes back what an isolated position does not need of that.",
    request: margin.moveMarginRequest,
    reply: doneReply,
    example: marginExamples.moveMargin,
  },
  "deficit.cover": {
    scope: "admin",
    summary:
      "Has an account pay what insurance funds of contracts have lacked, in the shard in which the " +
      "account lives: out of what it could withdraw, and no more than is lacking.",
    request: deficits.coverDeficitRequest,
    reply: doneReply,
    example: marginExamples.coverDeficit,
  },
  "deficit.show": {
    scope: "admin",
    summary: "Tells of losses in contracts that nobody has paid yet.",
    request: deficits.deficitsRequest,
    reply: deficits.deficitsReply,
    example: marginExamples.deficits,
  },
  "positions.list": {
    scope: "account",
    summary: "Lists what the account has in contracts: positions, and orders that work.",
    request: margin.positionsRequest,
    reply: margin.positionsReply,
    example: marginExamples.positions,
  },
  "margin.show": {
    scope: "account",
    summary: "Tells what the account's positions and orders ask of its cash, and what is free.",
    request: margin.marginRequest,
    reply: margin.marginReply,
    example: marginExamples.margin,
  },
  "settlement.show": {
    scope: "admin",
    summary:
      "Tells the rounds of settlement, and of one date what each account owes and is owed in them.",
    request: clearing.settlementsRequest,
    reply: clearing.settlementsReply,
    example: clearingExamples.settlements,
  },
  "settlement.nets": {
    scope: "admin",
    summary:
      "Tells what participants owe and are owed on a date, summed over their accounts and over the date's rounds.",
    request: clearing.netsRequest,
    reply: clearing.netsReply,
    example: clearingExamples.nets,
  },
  "clearing.setFails": {
    scope: "admin",
    summary:
      "Says what an account may owe of an asset without having it: what its orders may sell or pay " +
      "uncovered. What is owed stays owed.",
    request: fails.setFailPermissionRequest,
    reply: doneReply,
    example: failExamples.setFailPermission,
  },
  "clearing.failPermissions": {
    scope: "admin",
    summary: "Lists who may owe what.",
    request: fails.failPermissionsRequest,
    reply: fails.failPermissionsReply,
    example: failExamples.failPermissions,
  },
  "clearing.fails": {
    scope: "admin",
    summary: "Lists deliveries that are settled one by one and are not settled yet, page by page.",
    request: fails.failsRequest,
    reply: fails.failsReply,
    example: failExamples.fails,
  },
  "deliveries.list": {
    scope: "account",
    summary: "Lists the account's own of those deliveries, and what it may owe.",
    request: fails.deliveriesRequest,
    reply: fails.deliveriesReply,
    example: failExamples.deliveries,
  },
} as const satisfies Record<string, RequestDescription>;

export type RequestName = keyof typeof requests;

export const requestNames = Object.keys(requests) as readonly RequestName[];

/** The subject of a request, by whose account or which administrator. For market data it is one. */
export function subjectOfRequest(name: RequestName, asker: AccountId): string {
  const { scope } = requests[name];
  switch (scope) {
    case "account":
      return clientSubjects.account(asker, name);
    case "market":
      return clientSubjects.market(name);
    case "admin":
      return clientSubjects.admin(asker, name);
  }
}

/** The subject that a gateway listens on, with a wildcard for who asks. */
export function subjectPatternOfRequest(name: RequestName): string {
  const { scope } = requests[name];
  switch (scope) {
    case "account":
      return `${apiPrefix}.acct.*.${name}`;
    case "market":
      return clientSubjects.market(name);
    case "admin":
      return `${apiPrefix}.admin.*.${name}`;
  }
}
