/**
 * The invariants that every process holds itself to while it runs: each has a name for good, says
 * what it means and when it is looked at, and counts how often it was.
 *
 * This is the only list. `hold` is an assertion with one of these names: whoever finds it broken
 * stops, see `assert.ts`. The counts are this process's, for whoever watches over it; no decision
 * reads them, so replicas may count differently and still agree.
 */
import { InvariantViolation } from "./assert.ts";

/** When it is looked at. */
export type CheckedAt =
  | "entry"
  | "message"
  | "trade"
  | "market data"
  /** So many orders for each command, one account or price level after the other. */
  | "turns"
  /** Whenever the whole state is hashed. */
  | "checkpoint"
  | "restore";

export interface Invariant {
  readonly name: string;
  readonly checkedAt: CheckedAt;
  readonly meaning: string;
  /** How often it was looked at, */
  checks: number;
  /** and found broken. */
  violations: number;
}

const meanings = {
  // ---- The log, and what a step says --------------------------------------------------------
  "entries-in-sequence": ["entry", "entries are applied in sequence, each once"],
  "log-time-never-back": ["entry", "log time never goes back"],
  "frames-in-turn": [
    "entry",
    "frames of a producer are applied in turn, none twice, none left out",
  ],
  "outbound-frames-in-turn": ["entry", "frames to another shard are numbered without a gap"],
  "messages-delivered": ["entry", "a step ends when all that its actors said is delivered"],
  "assets-conserved": [
    "entry",
    "a step settles of each asset what deposits bring and its fills say, and nothing else",
  ],
  "trades-balance": ["entry", "what is bought in a cluster of one shard is what is sold"],
  "obligations-net-to-zero": [
    "entry",
    "in a cluster of one shard what is owed to parties of trades is what they have given for it",
  ],
  "steps-in-history": ["entry", "the steps kept for a new emitter are contiguous"],
  "owed-frames-in-turn": ["entry", "the frames that wait for a log are contiguous"],

  // ---- Accounts and their orders ------------------------------------------------------------
  "funds-not-negative": ["message", "no account has less than nothing of an asset"],
  "reservations-not-negative": ["message", "no account has less than nothing reserved"],
  "withdrawals-not-negative": ["message", "no account has less than nothing set aside to send"],
  "margin-not-negative": ["message", "no isolated position has less than nothing posted"],
  "deliveries-not-negative": [
    "message",
    "no more is taken of what trades on delivery were given than was given",
  ],
  "delivery-against-payment": [
    "message",
    "of a delivery as much is paid as is delivered, in proportion, and no more than was given",
  ],
  "uncovered-within-permission": [
    "message",
    "an account owes no more for uncovered orders than it was permitted when it placed them",
  ],
  "settlements-net-to-zero": [
    "message",
    "a round delivers of each asset what it gives, and its accounts have that to give",
  ],
  "reservation-covers-order": ["message", "an order has reserved what it may still cost"],
  "fills-paid-by-reservation": ["message", "a fill costs no more than its order has reserved"],
  "fills-within-quantity": ["message", "the fills of an order never exceed its quantity"],
  "fills-leave-what-remains": ["message", "book and account agree on what a fill leaves"],
  "closed-orders-hold-no-funds": ["message", "an order that is over has nothing reserved"],
  "answers-in-turn": ["message", "a book answers the changes of an order in the order of asking"],
  "order-ids-are-new": ["message", "no two orders of a shard have one id"],
  "order-names-are-new": ["message", "no two orders that an account knows have one name"],
  "order-life-follows-machine": [
    "message",
    "an order goes from state to state as its machine says",
  ],

  // ---- Trades -------------------------------------------------------------------------------
  "trades-only-when-open": [
    "trade",
    "nothing trades while the venue is halted or no phase allows it",
  ],
  "trades-take-what-rests": [
    "trade",
    "a trade takes of both orders what they have, and one lot at least",
  ],
  "trades-within-limits": ["trade", "a trade's price is within the limits of both orders"],
  "trades-within-bands": ["trade", "in continuous trading a price is within the market's bands"],
  "price-priority-kept": ["trade", "an order meets better prices before worse ones"],
  "time-priority-kept": [
    "trade",
    "at one price displayed orders trade before hidden ones, the oldest first",
  ],
  "self-trades-prevented": ["trade", "an order that asks for it never trades with its own group"],
  "trade-ids-rise": ["trade", "trade ids of a book strictly rise while it lives in one shard"],

  // ---- Books and market data ----------------------------------------------------------------
  "book-not-crossed": ["market data", "in continuous trading the best bid is below the best ask"],
  "depth-told-is-kept": ["market data", "the quantity told of a level is the one that rests there"],
  "depth-updates-in-turn": ["market data", "changes of depth are numbered without a gap"],
  "order-updates-in-turn": [
    "market data",
    "changes of displayed orders are numbered without a gap",
  ],
  "entry-ids-rise": ["market data", "each displayed order takes a place behind all before it"],
  "closed-book-keeps-no-day-orders": ["message", "no order for the day outlives it in a book"],
  "purged-book-is-empty": [
    "message",
    "nothing is left in a book whose orders a kill switch canceled",
  ],

  // ---- By turns -----------------------------------------------------------------------------
  "reserved-is-sum-of-orders": ["turns", "what an account has reserved is the sum of its orders'"],
  "withdrawing-is-sum-of-withdrawals": [
    "turns",
    "what an account has set aside is the sum of its withdrawals under way",
  ],
  "variation-is-cost-of-positions": [
    "turns",
    "what stands in the ledger for an account's positions is what they cost",
  ],
  "margin-is-sum-of-posted": [
    "turns",
    "what stands in the ledger for isolated positions is what is posted for each",
  ],
  "maintenance-kept-or-liquidated": [
    "turns",
    "an account below its maintenance margin is liquidated, unless the venue is halted",
  ],
  "working-orders-can-work": [
    "turns",
    "an order that works is in a state to, with something left of it",
  ],
  "blocked-accounts-have-no-orders": [
    "turns",
    "every order of an account that is blocked is on its way out",
  ],
  "open-orders-counted": [
    "turns",
    "the orders that an account counts for its limits are those that work",
  ],
  "order-rates-within-bounds": [
    "turns",
    "what is left of an order rate is nothing at least, and the largest burst at most",
  ],
  "day-results-of-what-is-held": [
    "turns",
    "what an account counts as gained or lost is of the goods and positions that it has",
  ],
  "level-sums-its-orders": [
    "turns",
    "quantity, reserve and number of a level are the sums of its orders'",
  ],
  "queue-in-order": ["turns", "a level's queue reads the same from both ends, the oldest first"],
  "orders-found-by-id": ["turns", "an order that rests is found by its id"],
  "icebergs-show-a-slice": [
    "turns",
    "an order shows no more than it has left, and no more than its slice",
  ],
  "book-and-account-agree": ["turns", "an order is the same in its book and in its account"],

  // ---- The whole state ----------------------------------------------------------------------
  "ledger-adds-up": ["checkpoint", "all accounts of an asset in a shard add up to nothing"],
  "clearing-holds-obligations": [
    "checkpoint",
    "what stands between parties of trades is the sum of what accounts owe and are owed",
  ],
  "deliveries-hold-what-was-given": [
    "checkpoint",
    "what stands in delivery is the sum of what accounts have given",
  ],
  "supply-is-issued": ["checkpoint", "what was issued of an asset is what was brought in of it"],
  "custody-is-held": [
    "checkpoint",
    "what chains brought in less what went there is what the venue holds on them",
  ],
  "supply-is-held": ["checkpoint", "in a cluster of one shard accounts hold what was issued"],
  "levels-in-price-order": [
    "checkpoint",
    "levels stand on their ladder in order of price, and are counted",
  ],
  "book-counts-its-orders": ["checkpoint", "a book counts its orders, levels and lots right"],
  "snapshots-restore-the-same": [
    "restore",
    "a state that was restored hashes as the one that was saved",
  ],
} as const satisfies Record<string, readonly [CheckedAt, string]>;

export type InvariantName = keyof typeof meanings;

const names = Object.keys(meanings) as readonly InvariantName[];

/** In the order in which people read them. */
export const invariantList: readonly Invariant[] = names.map((name) => {
  const [checkedAt, meaning] = meanings[name];
  return { name, checkedAt, meaning, checks: 0, violations: 0 };
});

/** Whether they are looked at: a build that is to be measured without them replaces this. */
export const areInvariantsHeld: boolean = true;

/**
 * One of the list, to be looked up once and kept: what is checked for every order must not look for
 * names.
 */
export function invariant(name: InvariantName): Invariant {
  return invariantList[names.indexOf(name)]!;
}

/** Counts a look at an invariant; throws {@link InvariantViolation} unless `condition` holds. */
export function hold(of: Invariant, condition: boolean, what?: string): void {
  if (!areInvariantsHeld) return;
  of.checks += 1;
  if (!condition) throw violated(of, what);
}

function violated(of: Invariant, what = of.meaning): InvariantViolation {
  of.violations += 1;
  return new InvariantViolation(`${of.name}: ${what}`, of.name);
}
