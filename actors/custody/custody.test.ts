/**
 * Goal: deposits and withdrawals come to what the rules allow, each once, and bad input of every
 * kind is refused with its number and changes nothing.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressesMax,
  amountMax,
  DepositStatus,
  DepositStep,
  nameIn,
  pack,
  rejectReasonName,
  unpack,
  withdrawalDayUs,
  withdrawalMemoryUs,
  WithdrawalStatus,
  withdrawalsOpenMax,
  WithdrawalStep,
} from "../../protocols/index.ts";
import type {
  AdvanceWithdrawal,
  Amount,
  Approvable,
  Approval,
  Command,
  ReleaseWithdrawal,
  ReportDeposit,
  RequestWithdrawal,
  SetCustodyPolicy,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { Approvers } from "../testing/approving.ts";
import { apples } from "../testing/instruments.ts";
import { holdingsOf } from "../testing/invariants.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { grow } from "../testing/trading-day.ts";

const why = { author: "ops", reason: "test" };
const said = { author: "custodian", reason: "seen" };
const hourUs = 3_600_000_000;
const secondUs = 1_000_000;
const made = new Approvers();
let venue: TestVenue;

const by = (...names: readonly string[]): Approval[] =>
  names.map((name) => made.approval(name, venue.timeUs + hourUs));
const ask = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);
const must = (command: Command): number => {
  const reply = venue.do(command);
  return reply.kind === "command-replied" ? reply.detail : 0;
};

const terms = {
  ...{ asset: "COIN", custodian: "custodian", approvers: ["ann", "ben", "cleo"], quorum: 2 },
  ...{ withdrawalMin: 10, withdrawalMax: 500, dailyMax: 1000, coolOffSeconds: 60 },
  ...{ confirmations: 3, depositMin: 5 },
  tiers: [
    { from: 0, needed: 1 },
    { from: 200, needed: 2 },
  ],
} as const;

const rules = (change: Partial<SetCustodyPolicy> = {}): SetCustodyPolicy => {
  const approvals = by("ann", "ben");
  return { kind: "set-custody-policy", ...terms, ...why, approvals, ...change };
};
const address = { account: "alice", asset: "COIN", address: "cold-store-1" } as const;
let references = 0;
const request = (change: Partial<RequestWithdrawal> = {}): RequestWithdrawal => {
  references += 1;
  const reference = `r-${String(references)}`;
  return { kind: "request-withdrawal", ...address, reference, amount: 100, ...change };
};
const release = (number: number, change: Partial<ReleaseWithdrawal> = {}): ReleaseWithdrawal => {
  const named = { ...address, number, amount: 100 };
  return { kind: "release-withdrawal", ...named, ...why, approvals: by("ann"), ...change };
};
const advance = (number: number, step: WithdrawalStep, transaction = "tx1"): AdvanceWithdrawal => {
  return { kind: "advance-withdrawal", account: "alice", number, step, transaction, ...said };
};
const report = (step: DepositStep, change: Partial<ReportDeposit> = {}): ReportDeposit => ({
  ...{ kind: "report-deposit", asset: "COIN", address: "in-alice", amount: 70 },
  ...{ transaction: "aa", output: 0, step, confirmations: step === DepositStep.confirmed ? 3 : 1 },
  ...{ ...said, ...change },
});

/** The same without approvals, which no message has as an empty list. */
function unapproved<Approved extends Approvable>({ approvals: _, ...command }: Approved) {
  return command;
}

const { begun, broadcast, displaced, confirmed, failed } = WithdrawalStep;

const balance = (account = "alice") => {
  const shard = venue.shards.find((candidate) => candidate.account(account) !== undefined);
  const views = shard?.answer("balances", { account }) ?? [];
  const coins = views.find(({ asset }) => asset === "COIN");
  return [coins?.available ?? 0, coins?.withdrawing ?? 0];
};
const status = (number: number): string => {
  const known = venue.shards.flatMap((shard) => shard.account("alice")?.withdrawals() ?? []);
  const withdrawal = known.find((candidate) => candidate.number === number);
  return withdrawal === undefined ? "none" : nameIn(WithdrawalStatus, withdrawal.status);
};
const depositStatus = (): string[] => {
  const deposits = venue.first.answer("deposits", { account: "alice" });
  return deposits.map((deposit) => nameIn(DepositStatus, deposit.status));
};
const supply = (): Amount =>
  venue.first.governor.supply().find(({ asset }) => asset === "COIN")?.available ?? 0;

/** What anybody has or knows; sequences and replies apart. */
function stateOf(): Uint8Array {
  return pack(
    venue.shards.map((shard) => {
      const { governor, directory, accounts } = shard.snapshot();
      return [governor, directory, accounts];
    }),
  );
}

beforeEach(() => {
  references = 0;
  venue = new TestVenue(3).list(apples);
  for (const account of ["alice", "bob"]) venue.open(account, { COIN: 1000 });
  must(rules());
  must({ kind: "allow-address", ...address });
  for (const account of ["alice", "bob"]) {
    const at = { account, asset: "COIN", address: `in-${account}` };
    must({ kind: "assign-deposit-address", ...at, ...said });
  }
  venue.timeUs += 60 * secondUs;
});

describe("a withdrawal", () => {
  it("is set aside, approved of, sent and gone", () => {
    const number = must(request());
    expect([status(number), balance()]).toEqual(["reviewing", [900, 100]]);
    must(release(number));
    must(advance(number, begun, ""));
    must(advance(number, broadcast));
    expect([status(number), balance(), supply()]).toEqual(["sent", [900, 100], 2000]);
    must(advance(number, confirmed));
    expect([status(number), balance(), supply()]).toEqual(["completed", [900, 0], 1900]);
    expect(holdingsOf(venue).get("COIN")).toBe(1900);
    for (const shard of venue.shards) shard.audit();
  });

  it("is one however often it is asked for by one reference", () => {
    const asked = request();
    const number = must(asked);
    expect(must(asked)).toBe(number);
    expect(balance()).toEqual([900, 100]);
  });

  it("needs nobody where the rules ask for nobody", () => {
    must(rules({ tiers: [{ from: 0, needed: 0 }] }));
    expect(status(must(request()))).toBe("approved");
  });

  it.each(["cancel", "refuse", "void", "fail"])("is given back: %s", (how) => {
    const number = must(request());
    if (how === "cancel") must({ kind: "cancel-withdrawal", account: "alice", number });
    if (how === "refuse")
      must(unapproved({ ...release(number), kind: "refuse-withdrawal" as const }));
    if (how === "void") must(rules());
    if (how === "fail") {
      must(release(number));
      must(advance(number, begun, ""));
      must(advance(number, failed, ""));
    }
    expect(balance()).toEqual([1000, 0]);
    expect(ask(release(number))).toBe("withdrawal-out-of-turn");
  });

  it("that is being sent is not voided when the rules change, nor taken back", () => {
    const number = must(request());
    must(release(number));
    must(advance(number, begun, ""));
    must(rules());
    expect(status(number)).toBe("sending");
    const cancel = { kind: "cancel-withdrawal", account: "alice", number } as const;
    expect(ask(cancel)).toBe("withdrawal-out-of-turn");
  });

  it("goes back to being sent when its block is displaced, by the same transaction only", () => {
    const number = must(request());
    must(release(number));
    must(advance(number, begun, ""));
    must(advance(number, broadcast));
    must(advance(number, displaced));
    expect(ask(advance(number, broadcast, "tx2"))).toBe("withdrawal-terms-differ");
    must(advance(number, broadcast));
    must(advance(number, confirmed));
    expect(status(number)).toBe("completed");
  });

  it("is advanced once by what is said twice", () => {
    const number = must(request());
    must(release(number));
    for (const step of [begun, begun, broadcast, broadcast, confirmed, confirmed]) {
      must(advance(number, step, step === begun ? "" : "tx1"));
    }
    expect([balance(), supply()]).toEqual([[900, 0], 1900]);
  });

  it("is voided where it is on its way to another shard when the rules change", () => {
    const number = must(request());
    const home = venue.shards.findIndex((shard) => shard.account("alice") !== undefined);
    const move = { actor: "account/alice", shard: (home + 1) % 3, ...why } as const;
    venue.send({ kind: "place-actor", ...move });
    venue.send(rules());
    venue.drain();
    expect([status(number), balance()]).toEqual(["voided", [1000, 0]]);
  });

  it("moves with its account", () => {
    const number = must(request());
    const home = venue.shards.findIndex((shard) => shard.account("alice") !== undefined);
    must({ kind: "place-actor", actor: "account/alice", shard: (home + 1) % 3, ...why });
    expect(balance()).toEqual([900, 100]);
    must(release(number));
    must(advance(number, begun, ""));
    must(advance(number, broadcast));
    must(advance(number, confirmed));
    expect([balance(), supply()]).toEqual([[900, 0], 1900]);
    for (const shard of venue.shards) shard.audit();
  });

  it("is forgotten a week after it was over", () => {
    const [over, open] = [must(request()), must(request())];
    must({ kind: "cancel-withdrawal", account: "alice", number: over });
    venue.timeUs += withdrawalMemoryUs - 1;
    must(request());
    expect([status(over), status(open)]).toEqual(["canceled", "reviewing"]);
    venue.timeUs += 1;
    must(request());
    expect([status(over), status(open)]).toEqual(["none", "reviewing"]);
  });

  it("that took a week to send is the same when it is asked for again, and sent once", () => {
    const asked = request();
    const number = must(asked);
    must(release(number));
    must(advance(number, begun, ""));
    must(advance(number, broadcast));
    venue.timeUs += withdrawalMemoryUs;
    must(advance(number, confirmed));
    expect(must(asked)).toBe(number);
    must(advance(number, confirmed));
    expect([status(number), balance()]).toEqual(["completed", [900, 0]]);
  });
});

describe("a deposit", () => {
  it("is the account's once it lies deep enough, and once", () => {
    must(report(DepositStep.seen));
    expect([depositStatus(), balance()]).toEqual([["seen"], [1000, 0]]);
    for (let again = 0; again < 3; again++) must(report(DepositStep.confirmed));
    expect([depositStatus(), balance(), supply()]).toEqual([["credited"], [1070, 0], 2070]);
    for (const shard of venue.shards) shard.audit();
  });

  it("is another one for each output of a transaction", () => {
    for (const output of [0, 1]) {
      must(report(DepositStep.seen, { output }));
      must(report(DepositStep.confirmed, { output }));
    }
    expect(balance()).toEqual([1140, 0]);
  });

  it("that a reorganisation takes away is not credited until it is back", () => {
    must(report(DepositStep.seen));
    must(report(DepositStep.orphaned, { confirmations: 0 }));
    expect(ask(report(DepositStep.confirmed))).toBe("deposit-out-of-turn");
    must(report(DepositStep.seen));
    must(report(DepositStep.confirmed));
    expect(balance()).toEqual([1070, 0]);
  });

  it("that is gone after it was credited is told of, and not credited again", () => {
    must(report(DepositStep.seen));
    must(report(DepositStep.confirmed));
    for (let again = 0; again < 2; again++) {
      must(report(DepositStep.orphaned, { confirmations: 0 }));
    }
    expect(depositStatus()).toEqual(["lost"]);
    expect(venue.events).toContainEqual(
      expect.objectContaining({ kind: "intervention-recorded", target: "alice" }),
    );
    must(report(DepositStep.seen));
    expect([depositStatus(), balance()]).toEqual([["credited"], [1070, 0]]);
  });

  it("to an address that nobody had is whose a quorum says", () => {
    const lost = { address: "in-error" };
    expect(ask(report(DepositStep.seen, lost))).toBe("address-unknown");
    const at = { account: "alice", asset: "COIN", ...lost };
    must({ kind: "assign-deposit-address", ...at, ...why, approvals: by("ann", "ben") });
    must(report(DepositStep.seen, lost));
    must(report(DepositStep.confirmed, lost));
    expect([depositStatus(), balance()]).toEqual([["credited"], [1070, 0]]);
  });

  it("of less than the rules ask for is dust, and stays that", () => {
    const dust = { amount: 4 };
    must(report(DepositStep.seen, dust));
    must(report(DepositStep.confirmed, dust));
    expect([depositStatus(), balance()]).toEqual([["dust"], [1000, 0]]);
    const [holding] = venue.first.answer("custodyHoldings", {}).filter((a) => a.asset === "COIN");
    expect(holding).toEqual({ asset: "COIN", issued: 2000, held: 0, dust: 4 });
  });
});

describe("bad input", () => {
  type Bad = readonly [what: string, reason: string, command: () => Command];
  const ofReviewed = (change: Partial<ReleaseWithdrawal>) => () => {
    return release(must(request()), change);
  };

  it.each<Bad>([
    ["of nothing", "amount-not-positive", () => request({ amount: 0 })],
    ["of less than nothing", "amount-not-positive", () => request({ amount: -1 })],
    ["of more than there is", "funds-insufficient", () => request({ amount: 1001 })],
    ["of more than can be", "funds-insufficient", () => request({ amount: amountMax })],
    ["below the least", "withdrawal-too-small", () => request({ amount: 9 })],
    ["above the most", "withdrawal-too-large", () => request({ amount: 501 })],
    ["by an account that there is not", "account-unknown", () => request({ account: "zoe" })],
    ["to nobody's address", "address-unknown", () => request({ address: "elsewhere" })],
    ["to another one's address", "address-unknown", () => request({ account: "bob" })],
    [
      "of an asset that nobody keeps",
      "funds-insufficient",
      () => request({ asset: "APPLE", amount: 10 }),
    ],
    [
      "of one without rules",
      "custody-unknown",
      () => {
        venue.fund("alice", "APPLE", 100);
        return request({ asset: "APPLE" });
      },
    ],
    [
      "to an address that is too new",
      "address-cooling-off",
      () => {
        must({ kind: "allow-address", ...address, address: "new-one" });
        venue.timeUs += 59 * secondUs;
        return request({ address: "new-one" });
      },
    ],
    [
      "by a reference of another one",
      "reference-reused",
      () => {
        must(request({ reference: "r" }));
        return request({ reference: "r", amount: 101 });
      },
    ],
    [
      "beyond what goes in a day",
      "withdrawals-of-day-exceeded",
      () => {
        venue.fund("alice", "COIN", 1000);
        for (const amount of [500, 450]) must(request({ amount }));
        venue.timeUs += withdrawalDayUs - 1;
        return request({ amount: 51 });
      },
    ],
    [
      "by an account that is blocked",
      "account-blocked",
      () => {
        const target = { scope: 0, target: "alice", author: "ops", reason: "stop" } as const;
        const number = must({ kind: "arm-kill-switch", ...target });
        must({ kind: "confirm-kill-switch", number, author: "eve" });
        return request();
      },
    ],
    [
      "when as many are under way as may be",
      "withdrawals-too-many",
      () => {
        must(rules({ withdrawalMin: 1 }));
        for (let count = 0; count < withdrawalsOpenMax; count++) must(request({ amount: 1 }));
        return request({ amount: 1 });
      },
    ],
    [
      "to as many addresses as may be, and one",
      "addresses-too-many",
      () => {
        for (let count = 1; count < addressesMax; count++) {
          must({ kind: "allow-address", ...address, address: `more-${String(count)}` });
        }
        return { kind: "allow-address", ...address, address: "one-more" };
      },
    ],
    [
      "to forget what is not known",
      "address-unknown",
      () => ({ kind: "forget-address", ...address, address: "elsewhere" }),
    ],
    [
      "to take back what is not there",
      "withdrawal-unknown",
      () => ({ kind: "cancel-withdrawal", account: "alice", number: 9 }),
    ],
    [
      "to take back another one's",
      "withdrawal-unknown",
      () => {
        const number = must(request());
        return { kind: "cancel-withdrawal", account: "bob", number };
      },
    ],
    ["a release by nobody", "approvals-missing", () => unapproved(release(must(request())))],
    [
      "a release of much by one",
      "approvals-missing",
      () => release(must(request({ amount: 200 })), { amount: 200 }),
    ],
    [
      "a release by its author",
      "approval-own",
      () => release(must(request()), { author: "ann", approvals: by("ann") }),
    ],
    [
      "a release by one, twice",
      "approval-repeated",
      () => {
        const number = must(request({ amount: 200 }));
        return release(number, { amount: 200, approvals: by("ann", "ann") });
      },
    ],
    [
      "a release by somebody not named",
      "approver-not-named",
      () => release(must(request()), { approvals: by("eve") }),
    ],
    [
      "a release by who asked for it",
      "approver-is-initiator",
      () => {
        const approvers = ["alice", "ann", "ben"];
        must(rules({ approvers, approvals: by("ann", "ben") }));
        return release(must(request()), { approvals: by("alice") });
      },
    ],
    [
      "a release whose time is over",
      "approval-expired",
      () => {
        const approvals = by("ann");
        const number = must(request());
        venue.timeUs += 2 * hourUs;
        return release(number, { approvals });
      },
    ],
    [
      "a release by an approval that was used",
      "approval-used",
      () => {
        const approvals = by("ann");
        must(release(must(request()), { approvals }));
        return release(must(request()), { approvals });
      },
    ],
    ["a release of another amount", "withdrawal-terms-differ", ofReviewed({ amount: 99 })],
    ["a release to another address", "withdrawal-terms-differ", ofReviewed({ address: "mine" })],
    ["a release of another asset", "withdrawal-terms-differ", ofReviewed({ asset: "PEAR" })],
    ["a release of what is not there", "withdrawal-unknown", () => release(9)],
    [
      "to send what was not released",
      "withdrawal-out-of-turn",
      () => advance(must(request()), begun),
    ],
    [
      "to have sent what was not begun",
      "withdrawal-out-of-turn",
      () => {
        const number = must(request());
        must(release(number));
        return advance(number, broadcast);
      },
    ],
    [
      "to have sent it by no transaction",
      "withdrawal-terms-differ",
      () => {
        const number = must(request());
        must(release(number));
        must(advance(number, begun, ""));
        return advance(number, broadcast, "");
      },
    ],
    [
      "from another custodian",
      "custodian-other",
      () => ({ ...advance(must(request()), begun), author: "ops" }),
    ],
    [
      "of what comes in, from another custodian",
      "custodian-other",
      () => report(DepositStep.seen, { author: "ops" }),
    ],
    ["a deposit of nothing", "amount-not-positive", () => report(DepositStep.seen, { amount: 0 })],
    ["a deposit below that", "amount-not-positive", () => report(DepositStep.seen, { amount: -7 })],
    ["a deposit to nobody", "address-unknown", () => report(DepositStep.seen, { address: "none" })],
    [
      "a deposit of an asset without rules",
      "custody-unknown",
      () => report(DepositStep.seen, { asset: "FIG" }),
    ],
    ["a deposit that was not seen", "deposit-unknown", () => report(DepositStep.confirmed)],
    [
      "a deposit that is not deep enough",
      "deposit-unconfirmed",
      () => {
        must(report(DepositStep.seen));
        return report(DepositStep.confirmed, { confirmations: 2 });
      },
    ],
    [
      "a deposit of another amount",
      "deposit-terms-differ",
      () => {
        must(report(DepositStep.seen));
        return report(DepositStep.confirmed, { amount: 71 });
      },
    ],
    [
      "a deposit to another account",
      "deposit-terms-differ",
      () => {
        must(report(DepositStep.seen));
        return report(DepositStep.confirmed, { address: "in-bob" });
      },
    ],
    [
      "a deposit beyond what can be counted",
      "supply-too-large",
      () => {
        must(report(DepositStep.seen, { amount: amountMax }));
        return report(DepositStep.confirmed, { amount: amountMax });
      },
    ],
    [
      "an address of somebody else's",
      "address-taken",
      () => {
        const at = { account: "bob", asset: "COIN", address: "in-alice" };
        return { kind: "assign-deposit-address", ...at, ...said };
      },
    ],
    [
      "an address by an administrator whom too few approve of",
      "custodian-other",
      () => {
        const at = { account: "bob", asset: "COIN", address: "in-error" };
        return { kind: "assign-deposit-address", ...at, ...why, approvals: by("ann") };
      },
    ],
    [
      "an address by an administrator whom others approve of",
      "custodian-other",
      () => {
        const at = { account: "bob", asset: "COIN", address: "in-error" };
        return { kind: "assign-deposit-address", ...at, ...why, approvals: by("ann", "eve") };
      },
    ],
    [
      "an address for nobody",
      "account-unknown",
      () => {
        const at = { account: "zoe", asset: "COIN", address: "in-zoe" };
        return { kind: "assign-deposit-address", ...at, ...said };
      },
    ],
    ["rules by one", "approvals-missing", () => rules({ approvals: by("ann") })],
    ["rules by others", "approvals-missing", () => rules({ approvals: by("eve", "dan") })],
    [
      "rules by those who are to be named only",
      "approvals-missing",
      () => rules({ approvers: ["eve", "dan"], approvals: by("eve", "dan") }),
    ],
    [
      "rules by those who are not to be named any more only",
      "approvals-missing",
      () => rules({ approvers: ["eve", "dan"], approvals: by("ann", "ben") }),
    ],
    ["rules of an unknown asset", "asset-unknown", () => rules({ asset: "FIG" })],
    ["rules without approvers", "custody-policy-invalid", () => rules({ approvers: [] })],
    ["rules with a quorum of none", "custody-policy-invalid", () => rules({ quorum: 0 })],
    ["rules with too large a quorum", "custody-policy-invalid", () => rules({ quorum: 4 })],
    ["rules with bounds in disorder", "custody-policy-invalid", () => rules({ withdrawalMax: 9 })],
    ["rules of less in a day", "custody-policy-invalid", () => rules({ dailyMax: 499 })],
    ["rules without tiers", "custody-policy-invalid", () => rules({ tiers: [] })],
    [
      "rules with a tier from nowhere",
      "custody-policy-invalid",
      () => rules({ tiers: [{ from: 1, needed: 1 }] }),
    ],
    [
      "rules that ask for less for more",
      "custody-policy-invalid",
      () => rules({ tiers: [terms.tiers[0], { from: 5, needed: 0 }] }),
    ],
    [
      "rules by which the custodian approves",
      "custody-policy-invalid",
      () => rules({ custodian: "ann" }),
    ],
    ["rules without confirmations", "custody-policy-invalid", () => rules({ confirmations: 0 })],
  ])("is refused and changes nothing: %s", (_, reason, make) => {
    const command = make();
    const before = stateOf();
    expect(ask(command)).toBe(reason);
    expect(stateOf()).toEqual(before);
  });

  it("is all of it to logic 2", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples).open("alice");
    const all = [unapproved(rules()), request(), report(DepositStep.seen)];
    expect(all.map(ask)).toEqual(all.map(() => "command-not-permitted"));
  });
});

describe("custody", () => {
  it("knows after a restart what has left, also where nobody has an address to deposit to", () => {
    const open = { tiers: [{ from: 0, needed: 0 }], coolOffSeconds: 0 };
    venue = new TestVenue(1).list(apples).open("alice", { COIN: 1000 });
    must(rules(open));
    must({ kind: "allow-address", ...address });
    const number = must(request());
    must(advance(number, begun, ""));
    must(advance(number, broadcast));
    must(advance(number, confirmed));
    const saved = unpack(pack(venue.first.snapshot())) as SavedShard;
    venue.shards[0] = Shard.restore(saved);
    venue.first.audit();
    expect(supply()).toBe(900);
    venue.fund("alice", "COIN", 5);
    expect([balance(), supply()]).toEqual([[905, 0], 905]);
  });

  it("makes no room, by what has left, for more than can be counted to be issued", () => {
    const open = { tiers: [{ from: 0, needed: 0 }], coolOffSeconds: 0 };
    venue = new TestVenue(1).list(apples).open("alice", { COIN: amountMax });
    must(rules(open));
    must({ kind: "allow-address", ...address });
    const number = must(request());
    must(advance(number, begun, ""));
    must(advance(number, broadcast));
    must(advance(number, confirmed));
    const more = { account: "alice", asset: "COIN", amount: 1, reference: "more" };
    expect(ask({ kind: "deposit", ...more })).toBe("supply-too-large");
  });

  it("goes on from a snapshot as it would have without one", () => {
    must(release(must(request())));
    must(request());
    must(report(DepositStep.seen));
    must(report(DepositStep.confirmed));
    for (const shard of venue.shards) {
      const bytes = Buffer.from(pack(shard.snapshot()));
      const restored = Shard.restore(unpack(bytes) as SavedShard);
      expect(Buffer.from(pack(restored.snapshot())).equals(bytes)).toBe(true);
      restored.audit();
    }
  });

  it("is known to a shard that is added", () => {
    grow(venue);
    venue.drain();
    const [policy] = venue.shards[3]!.answer("custodyPolicies", {});
    expect(policy).toEqual({ ...terms, revision: 1 });
  });
});
