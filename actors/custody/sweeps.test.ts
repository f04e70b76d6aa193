/**
 * Goal: what is moved between wallets is proposed, approved of by a quorum and told of in the
 * log, and nobody is owed more or less for it. What does not fit is refused and changes nothing.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  nameIn,
  pack,
  rejectReasonName,
  SweepStatus,
  SweepStep,
  sweepsOpenMax,
  unpack,
} from "../../protocols/index.ts";
import type {
  AdvanceSweep,
  Approval,
  Command,
  ProposeSweep,
  ReleaseSweep,
  SetCustodyPolicy,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { Approvers } from "../testing/approving.ts";
import { apples } from "../testing/instruments.ts";
import { holdingsOf } from "../testing/invariants.ts";
import { Random } from "../testing/random.ts";
import { TestVenue } from "../testing/test-venue.ts";

const why = { author: "ops", reason: "test" };
const said = { author: "custodian", reason: "seen" };
const made = new Approvers();
const sweep = { asset: "COIN", from: "hot", to: "cold", amount: 70 } as const;
const { begun, done, dropped } = SweepStep;
let venue: TestVenue;

const by = (...names: readonly string[]): Approval[] =>
  names.map((name) => made.approval(name, venue.timeUs + 3_600_000_000));
const ask = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);
const rules = (change: Partial<SetCustodyPolicy> = {}): SetCustodyPolicy => ({
  ...{ kind: "set-custody-policy", asset: "COIN", custodian: "custodian", quorum: 2 },
  ...{ approvers: ["ann", "ben", "cleo"], withdrawalMin: 10, withdrawalMax: 500, dailyMax: 1000 },
  ...{ coolOffSeconds: 60, confirmations: 3, depositMin: 5, tiers: [{ from: 0, needed: 1 }] },
  ...{ ...why, approvals: by("ann", "ben"), ...change },
});
const propose = (reference = "s-1", change: Partial<ProposeSweep> = {}): ProposeSweep => {
  return { kind: "propose-sweep", ...sweep, reference, ...said, ...change };
};
const release = (number = 1, change: Partial<ReleaseSweep> = {}): ReleaseSweep => {
  const approvals = by("ann", "ben");
  return { kind: "release-sweep", ...sweep, number, ...why, approvals, ...change };
};
const advance = (step: SweepStep, change: Partial<AdvanceSweep> = {}): AdvanceSweep => {
  const transaction = step === done ? "tx1" : "";
  return { kind: "advance-sweep", asset: "COIN", number: 1, step, transaction, ...said, ...change };
};
const statuses = (): string[] =>
  venue.first.answer("sweeps", {}).map(({ status }) => nameIn(SweepStatus, status));
const must = (command: Command): void => void venue.do(command);

/** What anybody has, is owed, or knows. */
function stateOf(): Uint8Array {
  return pack(
    venue.shards.map((shard) => {
      const { governor, directory, accounts } = shard.snapshot();
      return [governor, directory, accounts];
    }),
  );
}

/** Who is owed what, and what that came from. */
const liabilities = (): readonly unknown[] => [
  venue.shards.map((shard) => shard.answer("liabilities", {})),
  venue.first.answer("custodyHoldings", {}),
  [...holdingsOf(venue)],
];

beforeEach(() => {
  venue = new TestVenue(3).list(apples);
  for (const account of ["alice", "bob"]) venue.open(account, { COIN: 1000 });
  must(rules());
});

describe("a sweep", () => {
  it("is proposed, approved of, begun and done, and told with who approved and its transaction", () => {
    must(propose());
    expect(statuses()).toEqual(["proposed"]);
    must(release());
    expect(statuses()).toEqual(["approved"]);
    must(advance(begun));
    must(advance(done));
    expect(venue.first.answer("sweeps", {})).toEqual([
      {
        ...{ ...sweep, number: 1, reference: "s-1", status: SweepStatus.done, needed: 2 },
        ...{ approvers: ["ann", "ben"], transaction: "tx1" },
      },
    ]);
  });

  it("is the same however often it is said", () => {
    for (const command of [propose(), propose()]) must(command);
    must(release());
    for (const step of [begun, begun, done, done]) must(advance(step));
    expect(statuses()).toEqual(["done"]);
  });

  it("is void when the rules change before it is begun, and goes on when it was begun", () => {
    must(propose("s-1"));
    must(propose("s-2"));
    must(propose("s-3"));
    must(release(1));
    must(advance(begun));
    must(release(2));
    must(rules({ confirmations: 4 }));
    expect(statuses()).toEqual(["sending", "voided", "voided"]);
    must(advance(done));
    expect(statuses()).toEqual(["done", "voided", "voided"]);
  });

  it("is told of by an approver, whose wallet the custodian has no key of", () => {
    must(propose());
    must(release());
    must(advance(begun, { author: "ann" }));
    must(advance(done, { author: "ann" }));
    expect(statuses()).toEqual(["done"]);
  });

  it("is dropped by whoever may tell of it", () => {
    must(propose());
    must(advance(dropped));
    expect(statuses()).toEqual(["dropped"]);
  });

  it("is known after a restart", () => {
    must(propose());
    must(release());
    const before = venue.first.answer("sweeps", {});
    venue.shards[0] = Shard.restore(unpack(pack(venue.first.snapshot())) as SavedShard);
    expect(venue.first.answer("sweeps", {})).toEqual(before);
    must(advance(begun));
    must(propose("s-2"));
    expect(statuses()).toEqual(["sending", "proposed"]);
  });
});

describe("bad input", () => {
  const known = (command: () => Command) => () => {
    must(propose());
    return command();
  };

  it.each<readonly [what: string, reason: string, command: () => Command]>([
    ["of nothing", "amount-not-positive", () => propose("s", { amount: 0 })],
    ["of less than nothing", "amount-not-positive", () => propose("s", { amount: -1 })],
    ["of an asset without rules", "custody-unknown", () => propose("s", { asset: "APPLE" })],
    ["proposed by another", "custodian-other", () => propose("s", { author: "ann" })],
    ["from a wallet to itself", "sweep-inconsistent", () => propose("s", { to: "hot" })],
    [
      "another by the same reference",
      "sweep-inconsistent",
      known(() => propose("s-1", { amount: 71 })),
    ],
    ["released that nobody proposed", "sweep-unknown", () => release()],
    ["released by one", "approvals-missing", known(() => release(1, { approvals: by("ann") }))],
    [
      "released by somebody else",
      "approver-not-named",
      known(() => release(1, { approvals: by("ann", "eve") })),
    ],
    ["released as another", "sweep-inconsistent", known(() => release(1, { amount: 71 }))],
    ["released to elsewhere", "sweep-inconsistent", known(() => release(1, { to: "warm" }))],
    [
      "released again",
      "sweep-inconsistent",
      known(() => {
        must(release());
        return release(1, { approvals: by("ben", "cleo") });
      }),
    ],
    ["of no number", "sweep-unknown", known(() => release(0))],
    ["begun that was not released", "sweep-inconsistent", known(() => advance(begun))],
    ["begun that nobody proposed", "sweep-unknown", () => advance(begun)],
    ["told of by another", "custodian-other", known(() => advance(dropped, { author: "eve" }))],
    ["done in no transaction", "sweep-inconsistent", () => under({ transaction: "" })],
    [
      "done in another transaction than before",
      "sweep-inconsistent",
      () => {
        must(under());
        return advance(done, { transaction: "tx2" });
      },
    ],
    [
      "one more than may be open",
      "sweep-inconsistent",
      () => {
        for (let at = 0; at < sweepsOpenMax; at++) must(propose(`s-${String(at)}`));
        return propose("more");
      },
    ],
  ])("is refused and changes nothing: %s", (_, reason, make) => {
    const command = make();
    const before = stateOf();
    expect(ask(command)).toBe(reason);
    expect(stateOf()).toEqual(before);
  });

  it("is all of it to logic 2", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples).open("alice");
    const { approvals: _, ...unapproved } = release();
    const all = [propose(), unapproved, advance(begun)];
    expect(all.map(ask)).toEqual(all.map(() => "command-not-permitted"));
  });

  function under(change: Partial<AdvanceSweep> = {}): AdvanceSweep {
    must(propose());
    must(release());
    must(advance(begun));
    return advance(done, change);
  }
});

it.each([1, 2, 3, 4])("no sweep changes what anybody is owed (seed %i)", (seed) => {
  const random = new Random(seed);
  const before = liabilities();
  const names = ["hot", "warm", "cold"];
  let isAnyDone = false;
  for (let step = 0; step < 300; step++) {
    const known = venue.first.answer("sweeps", {});
    const moved = { from: random.pick(names), to: random.pick(names), amount: random.below(90) };
    const of = known.length > 0 && random.isOneOf(80) ? random.pick(known) : undefined;
    const number = of?.number ?? random.below(9);
    const choices = [
      () => propose(`s-${String(random.below(50))}`, moved),
      () => release(number, of && { from: of.from, to: of.to, amount: of.amount }),
      () => advance(random.pick(Object.values(SweepStep)), { number }),
      () => advance(done, { number, transaction: `tx${String(number)}` }),
    ];
    venue.ask(random.pick(choices)());
    isAnyDone ||= statuses().includes("done");
  }
  expect(isAnyDone).toBe(true);
  expect(liabilities()).toEqual(before);
});
