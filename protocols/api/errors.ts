/**
 * Every reject reason for people: what it means and what to do about it.
 *
 * The documentation's table is generated from this list, and the gateway's messages come from it.
 * The type makes it complete: a reason without a row does not compile.
 */
import { RejectReason, rejectReasonName } from "../reject-reasons.ts";
import type { RejectReasonName } from "../reject-reasons.ts";
import { figureUnits } from "../risk-limits.ts";
import type { LimitFigures } from "../risk-limits.ts";
import type { ApiError } from "./replies.ts";

export interface ErrorText {
  /** What is wrong, as a sentence. */
  readonly message: string;
  /** What the requester can do about it. */
  readonly remedy: string;
}

export const errorTexts: Readonly<Record<Exclude<RejectReasonName, "none">, ErrorText>> = {
  "command-not-permitted": {
    message: "Whoever sent this may not send such a command.",
    remedy: "Nothing: this is said to programs of the exchange itself.",
  },
  "actor-elsewhere": {
    message: "The account or instrument has moved to another shard.",
    remedy: "Nothing: the gateway asks there by itself. No client is told so.",
  },
  "approval-own": {
    message: "One of the approvals is by the author of the command.",
    remedy: "Ask somebody else.",
  },
  "approval-repeated": {
    message: "Two of the approvals are by the same administrator.",
    remedy: "Send one of each. Who has two files of credentials is one person all the same.",
  },
  "approval-expired": {
    message: "The time of one of the approvals is over.",
    remedy: "Ask for another one.",
  },
  "approval-too-long": {
    message: "One of the approvals would hold for longer than approvals may: a week.",
    remedy: "Ask for one that ends sooner.",
  },
  "approval-used": {
    message: "One of the approvals has had a command done already, and holds once.",
    remedy:
      "After an attempt without an answer this says that the command was done. To do the same once " +
      "more, ask for another approval.",
  },
  "approvals-missing": {
    message: "Fewer others have approved of this command than it takes.",
    remedy:
      "`approvals.policy` tells how many it takes. `./outcry approve` makes an approval of what the " +
      "same command prints with `--propose`.",
  },
  "account-unknown": {
    message: "There is no such account.",
    remedy: "An administrator opens accounts with `account.open`.",
  },
  "account-blocked": {
    message: "The account may not trade now.",
    remedy: "Ask an administrator. Cancels are taken all the same.",
  },
  "client-order-id-reused": {
    message: "Another order of this account has that client order id.",
    remedy:
      "Choose another. The same order sent again is no error: it must be the same in every field.",
  },
  "venue-halted": {
    message: "Trading is halted on the whole venue.",
    remedy: "Wait for it to resume. Cancels are taken all the same.",
  },
  "instrument-unknown": {
    message: "There is no such instrument.",
    remedy: "`market.instruments` lists them.",
  },
  "instrument-halted": {
    message: "Trading in this instrument is halted.",
    remedy: "Wait for it to resume. Cancels are taken all the same.",
  },
  "order-unknown": {
    message: "This account has no such order.",
    remedy: "It was never placed, or was closed more than a minute ago and is forgotten.",
  },
  "order-closed": {
    message: "The order is not working any more.",
    remedy: "The reply holds the order: its status says how it ended.",
  },
  "revision-out-of-turn": {
    message: "That is not the order's next revision, nor a replace that was taken before.",
    remedy: "Ask for the order; the next revision is its `revision` plus one.",
  },
  "terms-inconsistent": {
    message: "The order's terms contradict each other.",
    remedy:
      "`order.place` says which fields go together. A market order cannot rest, and cannot be " +
      "replaced.",
  },
  "list-inconsistent": {
    message: "The orders of the list do not make such a list.",
    remedy:
      "All are in one instrument. `OCO` takes two of one side; `OTO` two and `OTOCO` three, of " +
      "which the first may rest.",
  },
  "expiry-passed": {
    message: "The time at which the order is to end has passed.",
    remedy: "`expiresAtUs` is in microseconds since 1970 and lies ahead.",
  },
  "quantity-not-positive": {
    message: "The quantity is not above zero.",
    remedy: "Quantities are whole lots, at least 1.",
  },
  "quantity-too-large": {
    message: "The quantity is beyond what one order may have.",
    remedy: "At most 2^40 lots, and what `quantityMax` of the instrument says.",
  },
  "quantity-too-small": {
    message: "The quantity is smaller than the instrument allows.",
    remedy: "Order at least `quantityMin` of the instrument.",
  },
  "quantity-below-executed": {
    message: "The new quantity is not above what has been executed already.",
    remedy: "The quantity of a replace counts what has been executed; to stop, cancel.",
  },
  "display-quantity-invalid": {
    message: "The order cannot show such a slice.",
    remedy: "Less than the quantity, at least a lot, and only of an order that may rest.",
  },
  "minimum-quantity-invalid": {
    message: "The order cannot have such a minimum.",
    remedy: "At least a lot, and not more than the quantity.",
  },
  "price-not-positive": {
    message: "The price is not above zero.",
    remedy: "Prices are whole ticks, at least 1.",
  },
  "price-too-large": {
    message: "The price is beyond what any order may have.",
    remedy: "At most 2^31 ticks.",
  },
  "price-off-tick": {
    message: "The price is between two of the instrument's price steps.",
    remedy: "`market.instruments` tells the steps.",
  },
  "trigger-price-invalid": {
    message: "The order cannot wait for such a trigger price.",
    remedy: "1 to 2^31 ticks; only orders that wait have one.",
  },
  "trail-invalid": {
    message: "The trigger price cannot follow the market at such a distance.",
    remedy: "At least a tick or a basis point, in one of the two; only a trailing stop has it.",
  },
  "peg-offset-invalid": {
    message: "The order cannot stay so far behind the price that it follows.",
    remedy: "At least 0; only a pegged order has it.",
  },
  "quote-crossed": {
    message: "The quote's bid is not below its ask.",
    remedy: "A quote that crosses itself would trade with itself: set the bid below the ask.",
  },
  "notional-too-large": {
    message: "Price times quantity is more than the instrument takes, or a ledger can hold.",
    remedy: "Place several smaller orders.",
  },
  "notional-too-small": {
    message: "Price times quantity is less than the instrument takes.",
    remedy: "Place a larger order.",
  },
  "budget-invalid": {
    message: "The order cannot be placed with such a budget.",
    remedy: "Enough for a lot at the best price, and only for an order without a limit price.",
  },
  "open-orders-too-many": {
    message: "The account has as many working orders as it may have.",
    remedy: "Cancel some.",
  },
  "closed-orders-too-many": {
    message: "The account has as many orders closed within the last minute as it may have.",
    remedy: "Wait: each is forgotten a minute after it was closed.",
  },
  "funds-insufficient": {
    message: "The account has not got the funds that the order must reserve.",
    remedy: "`balances` tells what is available. A buy reserves its notional and its fee.",
  },
  "phase-forbids": {
    message: "Such orders are not taken in the instrument's present phase.",
    remedy: "Wait for the next one.",
  },
  "price-beyond-collar": {
    message: "The price is too far from the market.",
    remedy: "Place the order closer to the reference price.",
  },
  "reference-price-missing": {
    message: "There is no price that the order could follow or be measured by.",
    remedy: "Wait until there has been a trade or both sides are quoted.",
  },
  "book-full": {
    message: "The book holds as many lots as it can count.",
    remedy: "Nothing can be added until orders trade or are canceled.",
  },
  "waiting-orders-too-many": {
    message: "The book holds as many orders as it can that are more than plain.",
    remedy:
      "All count that wait, end at a time, are linked or have instructions. Cancel some, or place " +
      "a plain order.",
  },
  "pegged-orders-too-many": {
    message: "The book holds as many pegged orders as it can.",
    remedy: "Cancel some, or try again later.",
  },
  "post-only-would-take": {
    message: "The order would trade at once, and was to take no liquidity.",
    remedy: "Place it at a lesser price, or with `postOnly` as `slide`.",
  },
  "priority-would-be-lost": {
    message: "The order would lose its place in the queue.",
    remedy: "Replace it without `keepPriority`, or only lower its quantity.",
  },
  "asset-unknown": {
    message: "There is no such asset.",
    remedy: "`market.assets` lists them; `asset.add` adds one.",
  },
  "asset-exists": {
    message: "That asset has been added before.",
    remedy: "Nothing, if it was you: an asset is added once.",
  },
  "asset-terms-invalid": {
    message: "No asset can have so many decimal places.",
    remedy: "0 to 18.",
  },
  "fees-invalid": {
    message: "Fees cannot be like this.",
    remedy:
      "Tiers go by ascending volume, the first from 0; makers pay -10,000 to 100,000 parts of a " +
      "million and takers 0 to 100,000, and no rebate is above what any taker of the schedule pays. " +
      "A schedule's instruments have one quote asset.",
  },
  "risk-limits-invalid": {
    message: "Limits of risk cannot be like this, or not for whom they are.",
    remedy:
      "For an account or a group, not both; of a quote asset or an instrument, not both. Quantities " +
      "need an instrument, notionals an instrument or a quote asset, a burst a rate, and free orders a ratio.",
  },
  "trading-restricted": {
    message: "The account may not trade this instrument, or may only reduce what it has.",
    remedy:
      "Cancel what is there, or sell goods, or close positions. `risk.show` tells what holds.",
  },
  "order-quantity-above-limit": {
    message: "The order is for more than one order of this account may be for.",
    remedy: "Place smaller orders. `risk.show` tells the limit.",
  },
  "order-notional-above-limit": {
    message: "The order is worth more than one order of this account may be worth.",
    remedy: "Place smaller orders. `risk.show` tells the limit.",
  },
  "order-value-unknown": {
    message: "A limit asks what something is worth, and neither the order nor a trade says so yet.",
    remedy:
      "Place it with a limit price or a quote budget, or wait until the instrument has traded.",
  },
  "price-distance-above-limit": {
    message: "The limit price is further from the last price than this account's may be.",
    remedy: "Place the order closer to the last price. `risk.show` tells the limit.",
  },
  "open-orders-above-limit": {
    message: "The account has as many working orders there as its limits let it have.",
    remedy: "Cancel some. `risk.show` tells the limit and how many there are.",
  },
  "position-above-limit": {
    message: "The account would have more than it may, with its working orders of that side.",
    remedy: "Reduce, or cancel orders of that side. `risk.show` tells the limit.",
  },
  "exposure-above-limit": {
    message: "What the account has, and may come to have, would be worth more than it may be.",
    remedy: "Reduce, or cancel orders that do not. `risk.show` tells the limit.",
  },
  "daily-loss-above-limit": {
    message: "The account has lost as much on this day as its limits let it lose.",
    remedy: "Reduce, or wait for the next day, which begins at midnight UTC. Cancels are taken.",
  },
  "short-sale-restricted": {
    message: "The account may not sell what it would not have, with its working orders to sell.",
    remedy:
      "Sell no more than there is, or cancel orders to sell. What closes a position is taken. " +
      "`risk.show` tells that it holds.",
  },
  "order-rate-above-limit": {
    message: "The account orders faster than its limits let it.",
    remedy: "Wait: orders are given back at the rate that `risk.show` tells. Cancels are taken.",
  },
  "order-to-trade-above-limit": {
    message: "The account orders too much on this day for how little it trades.",
    remedy: "Wait until the day is over, at midnight UTC, or trade. Cancels are taken.",
  },
  "order-repeated": {
    message: "The account placed the same order a moment ago.",
    remedy: "If it is meant twice, wait as long as `risk.show` tells, or change a term.",
  },
  "net-exposure-above-limit": {
    message: "What is long would be worth more than what is short makes up for, or the other way.",
    remedy: "Reduce, or take some of the other side. `risk.show` tells the limit.",
  },
  "custody-unknown": {
    message: "Nobody has said under which rules this asset comes in and goes out.",
    remedy: "An administrator says so with `custody.setPolicy`.",
  },
  "custody-policy-invalid": {
    message: "The rules of custody contradict themselves or one another.",
    remedy:
      "At least one approver, a quorum of no more than there are, tiers by ascending amount from 0, and bounds in order; the custodian is no approver.",
  },
  "custodian-other": {
    message: "Another one than the asset's custodian says what its chain does.",
    remedy: "Look at the rules: `custody.policies` names the custodian.",
  },
  "address-unknown": {
    message: "The address is not one that the account may withdraw to, or nobody's to deposit to.",
    remedy: "Allow it with `withdrawal.allowAddress`, and wait until it has cooled off.",
  },
  "address-cooling-off": {
    message: "The address was allowed too short a time ago.",
    remedy: "`withdrawal.addresses` says from when on it may be used.",
  },
  "address-taken": {
    message: "The address is another account's.",
    remedy: "Take another one: what comes to an address is one account's for good.",
  },
  "addresses-too-many": {
    message: "The account has as many addresses as one may have.",
    remedy: "Forget one that is not used.",
  },
  "withdrawal-unknown": {
    message: "The account has no withdrawal of that number.",
    remedy: "`withdrawal.list` has those under way, and those that ended within a week.",
  },
  "withdrawal-terms-differ": {
    message: "The withdrawal is another one than was said, or has another transaction.",
    remedy: "Look at it again: what is approved of is its asset, amount and address.",
  },
  "withdrawal-out-of-turn": {
    message: "The withdrawal stands where this cannot be done to it.",
    remedy: "One that is being sent is not taken back; one that is over stays so.",
  },
  "withdrawal-too-small": {
    message: "The amount is less than the rules of the asset let out at once.",
    remedy: "`withdrawal.limits` has the least and the most.",
  },
  "withdrawal-too-large": {
    message: "The amount is more than the rules of the asset let out at once.",
    remedy: "`withdrawal.limits` has the least and the most.",
  },
  "withdrawals-too-many": {
    message:
      "The account has as many withdrawals under way as one may have, or has asked for too many in a week.",
    remedy: "Wait until some are over.",
  },
  "withdrawals-of-day-exceeded": {
    message: "Within a day the account would withdraw more than it may.",
    remedy: "Ask for less, or later: what was asked for 24 hours ago does not count any more.",
  },
  "approver-not-named": {
    message: "One of the approvals is by somebody whom the rules of the asset do not name.",
    remedy: "Ask one of the approvers that `custody.policies` names.",
  },
  "approver-is-initiator": {
    message: "One of the approvals is by whoever asked for the withdrawal.",
    remedy: "Ask somebody else.",
  },
  "deposit-unknown": {
    message: "Nothing is known of that output of that transaction.",
    remedy: "Say that it was seen before saying what became of it.",
  },
  "deposit-terms-differ": {
    message: "That output is known with another amount or address.",
    remedy: "Look at the chain again: one output is one amount to one address.",
  },
  "deposit-out-of-turn": {
    message: "The deposit stands where this cannot happen to it.",
    remedy: "What was credited is not seen anew, and what is not on the chain is not confirmed.",
  },
  "deposit-unconfirmed": {
    message: "The deposit lies under fewer blocks than the rules of the asset ask for.",
    remedy: "Wait for more blocks.",
  },
  "fee-combinations-too-many": {
    message:
      "There are as many instruments, or orders under as many different fees, as can be told apart.",
    remedy: "Wait until orders under older fees are over, or have fewer rates for single accounts.",
  },
  "rebate-above-fee": {
    message: "Makers would be given more than takers of the instrument pay.",
    remedy:
      "Lower the rebate, or raise what takers pay: in the schedule, for accounts with rates of their own, and " +
      "for everybody where no schedule holds.",
  },
  "sweep-unknown": {
    message: "There is no sweep of that number of the asset.",
    remedy: "Look at `custody.sweeps`.",
  },
  "sweep-inconsistent": {
    message:
      "That does not fit the sweep: it moves something else, from a wallet to itself, or stands where this cannot happen.",
    remedy: "Look at `custody.sweeps`; propose another under another reference.",
  },
  "settlement-cycle-invalid": {
    message: "The terms of the settlement cycle are not ones that it can have.",
    remedy: "Days are 0, 1 or 2; free days of the week and holidays ascend; no instrument twice.",
  },
  "funds-unsettled": {
    message: "Some of that was bought or paid in trades that are not settled yet.",
    remedy: "Withdraw what is settled, or wait for the settlement date: `obligations.list`.",
  },
  "margin-account-required": {
    message: "The account may not open positions in contracts.",
    remedy: "Ask an administrator to make it a margin account; positions can always be closed.",
  },
  "margin-insufficient": {
    message: "The account's cash does not cover the margin that this would need or leave.",
    remedy: "See `margin.show` for what is free; deposit, close positions or cancel orders.",
  },
  "position-too-large": {
    message: "With all its orders the position would be larger than one may be.",
    remedy: "Cancel orders or close some of the position first.",
  },
  "being-liquidated": {
    message: "The account is being liquidated: its positions are closed for it.",
    remedy: "Wait until it is over: `margin.show`. A deposit may end it earlier.",
  },
  "reduce-only-would-open": {
    message: "The order only closes, and there is nothing left for it to close.",
    remedy:
      "See `positions.list`: orders that only close are for no more than the position, all together; " +
      "of two of which one may trade, one counts.",
  },
  "deficit-smaller": {
    message: "Less than that is lacking in the shard in which the account lives.",
    remedy: "`deficit.show` tells how much is lacking where; move an account there that can pay.",
  },
  "contract-terms-invalid": {
    message: "No contract can have such terms.",
    remedy:
      "Initial margin is above maintenance margin, and that above the liquidation fee; a perpetual " +
      "has fundings and never expires, a future expires and has none.",
  },
  "price-source-other": {
    message: "That price comes from elsewhere.",
    remedy:
      "A contract's index is a listed spot instrument of its quote asset, with lots and ticks of " +
      "its size, or is published where the terms name none; its mark price follows from it.",
  },
  "contract-expired": {
    message: "The contract has expired, or would have when it is listed.",
    remedy: "Positions were settled in cash at its final price. `expiresAtUs` lies ahead.",
  },
  "mark-price-missing": {
    message: "The contract has no mark price as yet: its index is not known.",
    remedy: "Wait for the first trade of its index, or for its index to be published.",
  },
  "contract-required": {
    message: "That instrument is no contract: nobody has margin in it.",
    remedy: "See `instruments` for those that have contract terms.",
  },
  "margin-mode-in-use": {
    message: "The account has a position or working orders in the contract.",
    remedy: "Close the position and cancel the orders first: `positions.list`.",
  },
  "position-not-isolated": {
    message: "The account has no isolated position in the contract.",
    remedy: "See `positions.list`; `margin.setMode` is for a contract without position and orders.",
  },
  "margin-not-removable": {
    message: "The position would have less than its initial margin to itself.",
    remedy:
      "Losses at the mark count, and what orders that close would lose: `positions.list`. Take less.",
  },
  "fail-permission-invalid": {
    message: "The terms of the permission are not ones that it can have.",
    remedy: "A limit of at least 0, a penalty of 0 to 10,000 basis points, 0 to 1,000 days.",
  },
  "uncovered-not-permitted": {
    message: "Such an order may not be uncovered.",
    remedy: "Only limit orders by themselves, of what is settled later, by who is permitted to.",
  },
  "uncovered-limit-exceeded": {
    message: "With that the account would owe more of the asset than it may without having it.",
    remedy: "Place less, wait for what is owed to be delivered, or cover the order.",
  },
  "instrument-exists": {
    message: "That instrument has been listed before.",
    remedy: "Nothing, if it was you: an instrument is listed once and its terms never change.",
  },
  "instrument-terms-invalid": {
    message: "No instrument can have such terms.",
    remedy: "Base and quote differ, units are 1 to 2^40, fees are 0 to 1000 basis points.",
  },
  "account-exists": {
    message: "That account has been opened before.",
    remedy: "Nothing, if it was you: an account is opened once.",
  },
  "account-reserved": {
    message: "That name is the exchange's own.",
    remedy: "Choose another.",
  },
  "amount-not-positive": {
    message: "The amount is not above zero.",
    remedy: "Amounts are whole units of the asset, at least 1.",
  },
  "supply-too-large": {
    message: "There would be more of the asset than a ledger can hold.",
    remedy: "At most 2^63 - 1 units of an asset exist.",
  },
  "reference-reused": {
    message: "Another deposit has that reference.",
    remedy: "Choose another. The same deposit sent again is no error and is credited once.",
  },
  "already-halted": {
    message: "It is halted already.",
    remedy: "Nothing.",
  },
  "not-halted": {
    message: "It is not halted.",
    remedy: "Nothing.",
  },
  "kill-switch-unknown": {
    message: "No kill switch is armed under that number, or it was armed too long ago.",
    remedy: "Arm it again and confirm it within a minute.",
  },
  "kill-switch-target-unknown": {
    message: "There is nothing of that name that a kill switch could stop.",
    remedy: "Name an account, participant or instrument that there is.",
  },
  "kill-switch-not-thrown": {
    message: "No kill switch stops that.",
    remedy: "Nothing.",
  },
  "breaker-invalid": {
    message: "The levels of the breaker do not ascend, or are no parts of a price.",
    remedy: "Give falls between 1 and 10000 basis points, the smallest first.",
  },
  "kill-switch-of-your-own": {
    message: "Whoever armed this kill switch may not be who throws it.",
    remedy: "Have another administrator confirm it.",
  },
  "shard-unknown": {
    message: "There is no such shard.",
    remedy: "`./outcry status` lists them.",
  },
  "actor-already-there": {
    message: "The account or instrument lives in that shard already, or is on its way to it.",
    remedy: "Nothing: `./outcry actor where` tells where it is.",
  },
  "placement-under-way": {
    message: "Another move is not over, or an instrument is being listed, or a shard being added.",
    remedy: "Wait a moment and ask again: one thing at a time.",
  },
  "shard-out-of-turn": {
    message: "There are as many shards already, or not all of those before.",
    remedy: "Look how many there are, `./outcry status`, and add them one by one.",
  },
  "approval-policy-invalid": {
    message: "That many approvals nothing can have.",
    remedy: "Give a number from 0 to 8.",
  },
  "logic-out-of-turn": {
    message: "The shard goes by another version of its logic than the one before that.",
    remedy:
      "Activate one version after the other; `./outcry upgrade status` shows the present one.",
  },
  "nodes-out-of-turn": {
    message: "The engine nodes were said anew since that was asked for.",
    remedy: "Look at them again: `./outcry node list`.",
  },
  "nodes-invalid": {
    message: "That is no list of engine nodes.",
    remedy: "Name one to nine, each once.",
  },
  "request-malformed": {
    message: "The request is neither a JSON object nor a msgpack map.",
    remedy: "Send one. msgpack may hold maps, lists, text and numbers, no extensions.",
  },
  "field-invalid": {
    message: "A field is missing, unknown or not as it must be.",
    remedy: "`field` names it, `message` says what is wrong with it.",
  },
  "batch-too-large": {
    message: "The batch holds too many commands.",
    remedy: "At most 1000.",
  },
  "account-not-yours": {
    message: "A command in the batch is for another account.",
    remedy: "Every command is for the account in the subject.",
  },
  "reply-subject-not-allowed": {
    message: "The answer was to go where the requester does not listen.",
    remedy:
      "Connect with the inbox prefix `_INBOX.<account>`. No answer is sent; this is only counted.",
  },
  "subject-unknown": {
    message: "The subject names no account that could exist.",
    remedy: "Account ids are lower-case letters, digits and hyphens.",
  },
  busy: {
    message: "The exchange has too much under way. Nothing was done.",
    remedy: "Ask again a little later.",
  },
  "rate-exceeded": {
    message: "The account asks too often. Nothing was done.",
    remedy: "Slow down.",
  },
  "cluster-unavailable": {
    message: "Nobody in the cluster could answer.",
    remedy: "Ask again a little later.",
  },
  "command-too-late": {
    message: "This took too long to reach the log. It was not done and will not be.",
    remedy: "Send the same again.",
  },
  "execution-status-unknown": {
    message: "It is not known whether this was done: it may be, or may still be done.",
    remedy:
      "Send the same again, with the same client order id: it is done once, and the answer tells " +
      "what became of it.",
  },
  "approval-malformed": {
    message: "What was sent as an approval is none.",
    remedy: "Send what `./outcry approve --json` printed, as it is.",
  },
  "approval-of-other-cluster": {
    message: "One of the approvals is for another cluster.",
    remedy: "Have it approved for this one.",
  },
  "approver-unknown": {
    message: "One of the approvals is by nobody whom this cluster knows as an administrator.",
    remedy:
      "An administrator of this cluster has to approve, with credentials of the role `admin`.",
  },
  "approver-expired": {
    message: "The credentials by which one of the approvals was made are not valid any more.",
    remedy: "Issue new ones, and have it approved with them.",
  },
  "approval-of-other-command": {
    message: "One of the approvals is for another command, or for the same of another author.",
    remedy:
      "Send the very command that was proposed, by whom it was proposed: another reason or another " +
      "reference makes it another command.",
  },
  "approval-forged": {
    message: "The signature of one of the approvals is not the approver's.",
    remedy: "Send it as `./outcry approve` made it. If nothing was changed, look for who did.",
  },
  "approvals-unchecked": {
    message: "This gateway was not told by whose word administrators are known.",
    remedy: "Start it with `--admin-issuers`, or ask another one.",
  },
};

/** Why a request is refused before any actor sees it. */
export interface RequestFault {
  readonly reason: RejectReason;
  /** In the place of the catalogue's. */
  readonly message?: string;
  /** The field at fault, such as `commands[3].price`. */
  readonly field?: string;
  /** Of a limit of risk that is the reason. */
  readonly figures?: LimitFigures | undefined;
}

/** A fault of one named field. */
export function fieldFault(field: string, message: string): RequestFault {
  return { reason: RejectReason["field-invalid"], field, message };
}

/** The same fault inside something larger: `price` becomes `commands[3].price`. */
export function faultWithin(outer: string, fault: RequestFault): RequestFault {
  const inner = fault.field ?? "";
  return { ...fault, field: inner === "" ? outer : `${outer}.${inner}` };
}

function shownFigures(reason: RejectReason, { limit, used, asked }: LimitFigures) {
  const unit = figureUnits[reason] ?? "";
  return { limit: String(limit), used: String(used), asked: String(asked), unit };
}

/** A fault as replies tell it. The catalogue's message stands unless there is a better one. */
export function apiErrorOf({ reason, message, field, figures }: RequestFault): ApiError {
  const name = rejectReasonName(reason);
  const text = errorTexts[name as keyof typeof errorTexts] as ErrorText | undefined;
  const error = { number: reason, name, message: message ?? text?.message ?? name };
  if (figures !== undefined) return { ...error, figures: shownFigures(reason, figures) };
  return field === undefined ? error : { ...error, field };
}
