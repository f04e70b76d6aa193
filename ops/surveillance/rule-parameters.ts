/**
 * The rules that surveillance goes by, and every parameter of each: what it means, its unit, what
 * it is unless somebody says otherwise and why, and between which numbers it may lie.
 *
 * All are integers. Defaults are for one venue of liquid instruments: `./outcry surveillance scan`
 * shows what others would give.
 */

export interface Parameter {
  readonly what: string;
  readonly unit: string;
  readonly otherwise: number;
  readonly why: string;
  readonly min: number;
  readonly max: number;
}

type Parameters = Readonly<Record<string, Parameter>>;

interface Bounds {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

const count: Bounds = { unit: "times", min: 1, max: 10_000 };
const seconds: Bounds = { unit: "s", min: 1, max: 7 * 86_400 };
const milliseconds: Bounds = { unit: "ms", min: 0, max: 3_600_000 };
const percent: Bounds = { unit: "%", min: 0, max: 100 };
const basisPoints: Bounds = { unit: "bp", min: 0, max: 100_000 };
const multiple: Bounds = { unit: "times", min: 0, max: 10_000 };
const ratio: Bounds = { unit: "%", min: 0, max: 1_000_000 };

const window = (otherwise: number, why: string): Parameter => ({
  ...{ ...seconds, what: "what belongs together lies within", otherwise, why },
});

const withdrawn: Parameter = {
  ...milliseconds,
  what: "orders are taken back at most so long after the execution on the other side",
  otherwise: 2000,
  why: "programs take back at once, people within a second or two; later, other news may be the cause",
};
const imbalance: Parameter = {
  ...ratio,
  what: "what the owner shows on that side, of what it shows on the side that was executed",
  otherwise: 300,
  why: "who makes markets shows about as much on both sides and is left alone by this; who pretends does not",
};
const executedMost: Parameter = {
  ...percent,
  what: "of an order that is taken back, at most so much was executed",
  otherwise: 10,
  why: "an order of which more was executed was open to others in earnest",
};

const washTrade = {
  tradesMin: {
    ...count,
    what: "trades of related accounts with each other",
    otherwise: 1,
    why: "one is enough to ask: self-trade prevention would have kept it from being made",
  },
  quantityMin: {
    ...{ unit: "lots", min: 1, max: Number.MAX_SAFE_INTEGER },
    what: "what all of them traded together",
    otherwise: 1,
    why: "raise it where two programs of one firm meet by chance",
  },
  windowSeconds: window(3600, "what related accounts do on purpose they repeat within the hour"),
} as const satisfies Parameters;

const circularTrading = {
  tripsMin: {
    ...count,
    what: "ways round: from one owner to another and back, or by way of a third",
    otherwise: 3,
    why: "those who trade much with each other come back once or twice by chance",
  },
  quantityTolerancePercent: {
    ...percent,
    what: "the trades of a way round differ in quantity at most so much",
    otherwise: 10,
    why: "what comes back is what was sent, but for what a partial fill left behind",
  },
  priceToleranceBasisPoints: {
    ...basisPoints,
    what: "and in price",
    otherwise: 5,
    why: "whoever trades there and back with a maker pays the spread; who means it does not",
  },
  sharePercentMin: {
    ...percent,
    what: "of what each of these owners traded, what it traded in these ways round",
    otherwise: 70,
    why: "makers and takers of a market meet often, and trade with others or one way as well",
  },
  windowSeconds: window(600, "who keeps the position longer has borne the risk of it"),
} as const satisfies Parameters;

const prearrangedCrossing = {
  withinMs: {
    ...milliseconds,
    what: "both orders come within",
    otherwise: 50,
    why: "too short for the second one to be an answer to the first one by somebody at a screen",
  },
  sizeMultiple: {
    ...multiple,
    what: "their quantity, of an ordinary order's",
    otherwise: 2,
    why: "orders of an ordinary size are of equal size by chance",
  },
  crossesMin: {
    ...count,
    what: "such pairs between the same two owners",
    otherwise: 3,
    why: "a quick program takes some quotes whole as they come",
  },
  windowSeconds: window(1800, "an arrangement is used while it holds"),
} as const satisfies Parameters;

const spoofing = {
  sizeMultiple: {
    ...multiple,
    what: "the order shows, of an ordinary order's quantity",
    otherwise: 5,
    why: "only an order that stands out says something to others",
  },
  executionMultiple: {
    ...multiple,
    what: "it shows, of what was executed on the other side",
    otherwise: 3,
    why: "the order that is meant is small beside the one that is not",
  },
  distanceBasisPointsMax: {
    ...basisPoints,
    what: "it comes at most so far behind the best price of its side",
    otherwise: 30,
    why: "further away nobody counts it in",
  },
  lifetimeSecondsMax: {
    ...seconds,
    what: "it stands at most",
    otherwise: 60,
    why: "the longer it stands the more it is open to be executed",
  },
  executedPercentMax: executedMost,
  withdrawnWithinMs: withdrawn,
  imbalancePercentMin: imbalance,
  cancelPercentMin: {
    ...percent,
    what: "of what the owner's large orders asked for in the window, what was taken back",
    otherwise: 80,
    why: "who means large orders gets some of them executed",
  },
  episodesMin: {
    ...count,
    what: "so often",
    otherwise: 3,
    why: "CFTC and FINRA look for patterns: once may be a change of mind",
  },
  windowSeconds: window(
    1800,
    "it pays by repetition, and is repeated while the market is the same",
  ),
} as const satisfies Parameters;

const layering = {
  levelsMin: {
    ...count,
    what: "prices on one side at which orders are taken back",
    otherwise: 3,
    why: "FINRA 5210.03 speaks of multiple limit orders at various price levels",
  },
  executionMultiple: {
    ...multiple,
    what: "they show, of what was executed on the other side",
    otherwise: 3,
    why: "as for spoofing",
  },
  togetherMs: {
    ...milliseconds,
    what: "they are taken back within",
    otherwise: 1000,
    why: "what goes for one reason goes together",
  },
  lifetimeSecondsMax: {
    ...seconds,
    what: "they stand at most",
    otherwise: 300,
    why: "layers are built before they are used, and longer than that somebody is a maker",
  },
  executedPercentMax: executedMost,
  withdrawnWithinMs: withdrawn,
  imbalancePercentMin: imbalance,
  episodesMin: {
    ...count,
    what: "so often",
    otherwise: 2,
    why: "several levels that go together mean more than one order does",
  },
  windowSeconds: window(1800, "as for spoofing"),
} as const satisfies Parameters;

const markingTheClose = {
  stretchSeconds: {
    ...seconds,
    what: "the last stretch of continuous trading",
    otherwise: 300,
    why: "closing prices are made in the last minutes",
  },
  auctionStretchSeconds: {
    ...seconds,
    what: "the last stretch of the closing auction's call",
    otherwise: 30,
    why: "what comes earlier others still answer",
  },
  moveBasisPointsMin: {
    ...basisPoints,
    what: "the price moves by, in the direction of the owner's orders",
    otherwise: 50,
    why: "less than that the price moves by itself in some minutes",
  },
  sharePercentMin: {
    ...percent,
    what: "of the stretch's volume the owner takes, with a position that gains by it",
    otherwise: 30,
    why: "less does not carry a price",
  },
  aloneSharePercentMin: {
    ...percent,
    what: "or whatever its position",
    otherwise: 60,
    why: "who is most of the market makes its price, and may hold the position elsewhere",
  },
  positionPercentMin: {
    ...ratio,
    what: "the position held before, of what the owner trades in the stretch",
    otherwise: 100,
    why: "the gain on a smaller position does not pay for the move",
  },
} as const satisfies Parameters;

const momentumIgnition = {
  burstSeconds: {
    ...seconds,
    what: "aggressive orders of one owner come within",
    otherwise: 10,
    why: "others are to follow before anybody sees why",
  },
  ordersMin: {
    ...count,
    what: "so many of them trade",
    otherwise: 4,
    why: "one large order is an order; a series of them is a push",
  },
  moveBasisPointsMin: {
    ...basisPoints,
    what: "the price moves by",
    otherwise: 30,
    why: "a smaller move leaves nothing to earn after fees",
  },
  moveMultiple: {
    ...multiple,
    what: "and by, of the usual range in as long a time",
    otherwise: 3,
    why: "in a lively market moves say nothing",
  },
  ownMovePercentMin: {
    ...percent,
    what: "of the move, what the owner's own trades made",
    otherwise: 60,
    why: "who trades along with a move did not ignite it",
  },
  reversalSeconds: {
    ...seconds,
    what: "the owner trades the other way within",
    otherwise: 120,
    why: "what was ignited burns out in minutes",
  },
  reversalPercentMin: {
    ...percent,
    what: "of the burst's quantity, what is traded back at better prices",
    otherwise: 50,
    why: "a gain on half of it pays for the rest",
  },
} as const satisfies Parameters;

export const ruleParameters = {
  "wash-trade": washTrade,
  "circular-trading": circularTrading,
  "prearranged-crossing": prearrangedCrossing,
  spoofing,
  layering,
  "marking-the-close": markingTheClose,
  "momentum-ignition": momentumIgnition,
} as const;

export type RuleName = keyof typeof ruleParameters;
export const ruleNames = Object.keys(ruleParameters) as readonly RuleName[];

/** What a rule goes by in one instrument. */
export type ParametersOf<Rule extends RuleName> = {
  readonly [Name in keyof (typeof ruleParameters)[Rule]]: number;
};
