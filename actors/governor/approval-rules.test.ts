/**
 * Goal: what administrators command is done if as many others have approved of it as the policy
 * asks for, each once, and otherwise nothing changes; in every shard, also in those that are added.
 *
 * Method: commands with approvals that are wrong in one way each; and random commands of three
 * administrators, against a short model that counts who may have what done.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  approvalLifetimeUsMax,
  KillScope,
  pack,
  rejectReasonName,
  unpack,
} from "../../protocols/index.ts";
import type {
  AdminCommand,
  AdminCommandKind,
  Approval,
  Command,
  HaltTrading,
  PublishMarkPrice,
  RejectReasonName,
} from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { Approvers } from "../testing/approving.ts";
import { apples } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { TestVenue } from "../testing/test-venue.ts";
import { grow } from "../testing/trading-day.ts";
import { armedForUs } from "./kill-switches.ts";

const minuteUs = 60_000_000;
const { symbol } = apples;

let venue: TestVenue;
let approvers: Approvers;

beforeEach(() => {
  venue = new TestVenue(3).list(apples).open("alice");
  approvers = new Approvers();
});

const by = (approver: string, forUs = minuteUs): Approval =>
  approvers.approval(approver, venue.timeUs + forUs);

const halt = (approvals: readonly Approval[] = [], author = "ann"): HaltTrading => ({
  ...{ kind: "halt-trading", symbol, author, reason: "test" },
  ...(approvals.length > 0 && { approvals }),
});

const resume = (): Command => ({ kind: "resume-trading", symbol, author: "ann", reason: "test" });

const mark = (price: number, approvals: readonly Approval[] = []): PublishMarkPrice => ({
  ...{ kind: "publish-mark-price", symbol, price, author: "ann", reason: "" },
  ...(approvals.length > 0 && { approvals }),
});

function policy(command: AdminCommandKind, needed: number, approved: readonly string[]): Command {
  const approvals = approved.map((name) => by(name));
  const set = { kind: "set-approval-policy", command, needed, author: "ann", reason: "" } as const;
  return approvals.length === 0 ? set : { ...set, approvals };
}

const outcome = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);

/** All that commands can change: not how many frames were heard. */
function stateOf({ shards }: TestVenue): Uint8Array {
  return pack(
    shards.map((shard) => {
      const { governor, directory, markets, books, accounts, ...rest } = shard.snapshot();
      return [governor, directory, markets, books, accounts, rest.markPriceApprovals ?? null];
    }),
  );
}

/** How it ends, and that nothing has changed. */
function refusal(command: Command): string {
  const before = stateOf(venue);
  const reason = outcome(command);
  expect(stateOf(venue)).toEqual(before);
  return reason;
}

describe("a command of which others have to approve", () => {
  beforeEach(() => {
    venue.do(policy("halt-trading", 2, ["ben", "cleo"]));
  });

  it("is done with as many approvals as it needs, or more", () => {
    expect(outcome(halt([by("ben"), by("cleo")]))).toBe("none");
    venue.do(resume());
    expect(outcome(halt([by("ben"), by("cleo"), by("dan")]))).toBe("none");
  });

  it.each<[string, RejectReasonName, () => readonly Approval[]]>([
    ["with none", "approvals-missing", () => []],
    ["with too few", "approvals-missing", () => [by("ben")]],
    ["with the author's own", "approval-own", () => [by("ben"), by("ann")]],
    ["with two of one person", "approval-repeated", () => [by("ben"), by("ben", 5)]],
    ["with one whose time is over", "approval-expired", () => [by("ben"), by("cleo", -1)]],
    [
      "with one that holds too long",
      "approval-too-long",
      () => [by("ben"), by("cleo", approvalLifetimeUsMax + 1)],
    ],
  ])("is refused %s, and nothing changes", (_, reason, approvals) => {
    expect(refusal(halt(approvals()))).toBe(reason);
  });

  it("is refused for the first of several reasons", () => {
    const [spent, other] = [by("ben"), by("cleo")];
    venue.do(halt([spent, other]));
    venue.do(resume());
    const long = by("dan", 2 * approvalLifetimeUsMax);
    const wrong = [by("ann"), by("ann"), by("eve", -1), long, spent];
    const reasons: string[] = [];
    for (; wrong.length > 0; wrong.shift()) reasons.push(refusal(halt(wrong)));
    expect([...reasons, refusal(halt())]).toEqual([
      ...["approval-own", "approval-own", "approval-expired", "approval-too-long"],
      ...["approval-used", "approvals-missing"],
    ]);
    expect(refusal(halt([by("cleo"), by("cleo", -1)]))).toBe("approval-repeated");
  });

  it("holds to the very moment up to which its approvals do", () => {
    expect(refusal(halt([by("ben", -1), by("cleo")]))).toBe("approval-expired");
    expect(outcome(halt([by("ben", 0), by("cleo", approvalLifetimeUsMax)]))).toBe("none");
  });

  it("uses its approvals up, which then serve for no other, until their time is over", () => {
    const approvals = [by("ben"), by("cleo")];
    venue.do(halt(approvals));
    venue.do(resume());
    expect(refusal(halt(approvals))).toBe("approval-used");
    expect(refusal(halt([by("dan"), approvals[1]!]))).toBe("approval-used");
    venue.timeUs += minuteUs + 1;
    expect(refusal(halt(approvals))).toBe("approval-expired");
  });

  it("leaves its approvals where it is refused for another reason", () => {
    const approvals = [by("ben"), by("cleo")];
    venue.do(halt([by("ben"), by("cleo")]));
    expect(refusal(halt(approvals))).toBe("already-halted");
    venue.do(resume());
    expect(outcome(halt(approvals))).toBe("none");
  });

  it("forgets used approvals when others are used after their time", () => {
    const used = (): number => {
      const [, , , ...later] = (venue.first.snapshot().governor as unknown[]).slice(10);
      return (later[0] as unknown[]).length;
    };
    venue.do(halt([by("ben"), by("cleo")]));
    venue.do(resume());
    expect(used()).toBe(4);
    venue.timeUs += minuteUs + 1;
    venue.do(halt([by("ben"), by("cleo")]));
    expect(used()).toBe(2);
  });

  it("is as strict after a snapshot", () => {
    const approvals = [by("ben"), by("cleo")];
    venue.do(halt(approvals));
    venue.do(resume());
    for (const [index, shard] of venue.shards.entries()) {
      const saved = unpack(pack(shard.snapshot())) as SavedShard;
      venue.shards[index] = Shard.restore(saved);
      expect(pack(venue.shards[index].snapshot())).toEqual(pack(shard.snapshot()));
    }
    expect(refusal(halt(approvals))).toBe("approval-used");
    expect(refusal(halt([by("ben")]))).toBe("approvals-missing");
  });
});

describe("approvals of a command that needs none", () => {
  it("are looked at all the same, and used up", () => {
    expect(refusal(halt([by("ann")]))).toBe("approval-own");
    const approval = by("ben");
    venue.do(halt([approval]));
    venue.do(resume());
    expect(refusal(halt([approval]))).toBe("approval-used");
  });

  it("are not known to logic 2, and neither is the policy", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples);
    expect(refusal(halt([by("ben")]))).toBe("command-not-permitted");
    expect(refusal(policy("deposit", 0, []))).toBe("command-not-permitted");
    expect(outcome(halt())).toBe("none");
  });
});

describe("the policy", () => {
  it("asks for as many approvals of its change as the command needs before and after", () => {
    expect(refusal(policy("deposit", 2, ["ben"]))).toBe("approvals-missing");
    venue.do(policy("deposit", 2, ["ben", "cleo"]));
    expect(refusal(policy("deposit", 1, ["ben"]))).toBe("approvals-missing");
    expect(refusal(policy("deposit", 0, []))).toBe("approvals-missing");
    venue.do(policy("deposit", 0, ["ben", "cleo"]));
    expect(outcome(policy("deposit", 0, []))).toBe("none");
  });

  it("asks for as many as its own change takes, whatever it is about", () => {
    venue.do(policy("set-approval-policy", 1, ["ben"]));
    expect(refusal(policy("deposit", 0, []))).toBe("approvals-missing");
    expect(outcome(policy("deposit", 0, ["cleo"]))).toBe("none");
  });

  it.each([-1, 9, 2 ** 40])("does not ask for %i approvals", (needed) => {
    expect(refusal(policy("deposit", needed, []))).toBe("approval-policy-invalid");
  });

  it("is for one kind of command", () => {
    venue.do(policy("halt-trading", 1, ["ben"]));
    expect(outcome({ kind: "open-account", account: "new", participant: "" })).toBe("none");
  });

  it("holds in every shard when its change is answered, and in one that is added", () => {
    venue.do(policy("publish-mark-price", 1, ["ben"]));
    grow(venue);
    venue.drain();
    for (const { directory } of venue.shards) {
      expect(directory.approvalPolicy.entries).toEqual([["publish-mark-price", 1]]);
    }
    for (let shard = 0; shard < venue.shards.length; shard++) {
      const actor = `book/${symbol}` as const;
      venue.ask({ kind: "place-actor", actor, shard, author: "ann", reason: "" });
      expect(venue.shards[shard]!.book(symbol)).toBeDefined();
      expect(refusal(mark(50 + shard))).toBe("approvals-missing");
      expect(outcome(mark(50 + shard, [by("ben")]))).toBe("none");
    }
  });

  it("is asked by a new shard, too, that has nothing else to hear of", () => {
    venue = new TestVenue(1);
    venue.do(policy("publish-mark-price", 1, ["ben"]));
    grow(venue);
    venue.drain();
    expect(venue.shards[1]!.directory.approvalPolicy.neededFor("publish-mark-price")).toBe(1);
  });
});

describe("a mark price's approval", () => {
  it("is used up wherever its book goes", () => {
    const approval = by("ben");
    venue.do(mark(50, [approval]));
    for (let shard = 0; shard < venue.shards.length; shard++) {
      const actor = `book/${symbol}` as const;
      venue.ask({ kind: "place-actor", actor, shard, author: "ann", reason: "" });
      expect(refusal(mark(51, [approval]))).toBe("approval-used");
    }
    const home = venue.shards.findIndex((shard) => shard.book(symbol) !== undefined);
    const saved = unpack(pack(venue.shards[home]!.snapshot())) as SavedShard;
    expect(saved.markPriceApprovals?.length).toBe(1);
    venue.shards[home] = Shard.restore(saved);
    expect(refusal(mark(51, [approval]))).toBe("approval-used");
  });

  it("is left where the price is refused", () => {
    const approval = by("ben");
    expect(refusal(mark(0, [approval]))).toBe("price-not-positive");
    expect(outcome(mark(50, [approval]))).toBe("none");
  });
});

describe("a kill switch's confirmation", () => {
  const arm = (author = "ann"): number => {
    const armed = { scope: KillScope.account, target: "alice", author, reason: "" } as const;
    const reply = venue.do({ kind: "arm-kill-switch", ...armed });
    return "detail" in reply ? reply.detail : 0;
  };
  const confirm = (
    number: number,
    author: string,
    approvals: readonly Approval[] = [],
  ): Command => ({
    ...{ kind: "confirm-kill-switch", number, author },
    ...(approvals.length > 0 && { approvals }),
  });

  it("may come from who armed it, unless the policy asks for anybody else", () => {
    expect(outcome(confirm(arm(), "ann"))).toBe("none");
  });

  it("comes from another one where the policy asks for one, and needs no signature", () => {
    venue.do(policy("confirm-kill-switch", 1, ["ben"]));
    const number = arm();
    expect(refusal(confirm(number, "ann"))).toBe("kill-switch-of-your-own");
    expect(refusal(confirm(number, "ann", [by("ben")]))).toBe("kill-switch-of-your-own");
    expect(outcome(confirm(number, "ben"))).toBe("none");
  });

  it("needs others beside who confirms where the policy asks for more", () => {
    venue.do(policy("confirm-kill-switch", 2, ["ben", "cleo"]));
    const number = arm();
    expect(refusal(confirm(number, "ben"))).toBe("approvals-missing");
    expect(refusal(confirm(number, "ben", [by("ann")]))).toBe("approvals-missing");
    expect(refusal(confirm(number, "ben", [by("ben")]))).toBe("approval-own");
    expect(outcome(confirm(number, "ben", [by("cleo")]))).toBe("none");
  });

  it("knows who armed it after a snapshot, and for how long it may come", () => {
    venue.do(policy("confirm-kill-switch", 1, ["ben"]));
    const number = arm();
    venue.shards[0] = Shard.restore(unpack(pack(venue.first.snapshot())) as SavedShard);
    expect(refusal(confirm(number, "ann"))).toBe("kill-switch-of-your-own");
    venue.timeUs += armedForUs + 1;
    expect(refusal(confirm(number, "ben"))).toBe("kill-switch-unknown");
  });

  it("of one that was armed when nobody noted by whom counts as one's own", () => {
    venue = new TestVenue(1, { logic: 2 }).list(apples).open("alice");
    const number = arm();
    venue.append(0, "node-e1", [{ kind: "activate-logic", version: 3 }]);
    venue.do(policy("confirm-kill-switch", 1, ["ben"]));
    expect(refusal(confirm(number, "ben"))).toBe("kill-switch-of-your-own");
  });
});

describe("random administrators", () => {
  const people = ["ann", "ben", "cleo", "dan"];

  it.each([1, 2, 3, 4, 5, 6])("have nothing done without their quorum (seed %i)", (seed) => {
    const random = new Random(seed);
    const needed = new Map<AdminCommandKind, number>();
    const spent: [AdminCommand, Approval][] = [];
    const counts = { done: 0, refused: 0 };
    for (let move = 0; move < 150; move++) {
      venue.timeUs += random.below(minuteUs / 10);
      const approvals = people
        .filter(() => random.isOneOf(45))
        .map((name) => by(name, random.below(minuteUs) - minuteUs / 20));
      if (spent.length > 0 && random.isOneOf(10)) approvals.push(random.pick(spent)[1]);
      const command = commandOf(random, approvals);
      const before = stateOf(venue);
      const reason = outcome(command);
      if (mayBeDone(command, needed, spent)) {
        expect(reason).toMatch(/^(none|already-halted|not-halted)$/);
        if (reason !== "none") continue;
        counts.done += 1;
        for (const approval of command.approvals ?? []) spent.push([command, approval]);
        if (command.kind === "set-approval-policy") needed.set(command.command, command.needed);
      } else {
        counts.refused += 1;
        expect(reason).toMatch(/^approval/);
        expect(stateOf(venue)).toEqual(before);
      }
    }
    expect(counts.done).toBeGreaterThan(15);
    expect(counts.refused).toBeGreaterThan(15);
  });

  const isMark = ({ kind }: AdminCommand): boolean => kind === "publish-mark-price";

  function commandOf(random: Random, approvals: readonly Approval[]): AdminCommand {
    const author = random.pick(people);
    const approved = approvals.length === 0 ? {} : { approvals };
    const why = { author, reason: "", ...approved };
    switch (random.below(4)) {
      case 0:
        return { kind: "halt-trading", symbol, ...why };
      case 1:
        return { kind: "resume-trading", symbol, ...why };
      case 2:
        return { kind: "publish-mark-price", symbol, price: 1 + random.below(99), ...why };
      default: {
        const kinds = ["halt-trading", "publish-mark-price", "set-approval-policy"] as const;
        const command = random.pick([...kinds, "resume-trading" as const]);
        return { kind: "set-approval-policy", command, needed: random.below(3), ...why };
      }
    }
  }

  function mayBeDone(
    command: AdminCommand,
    needed: ReadonlyMap<AdminCommandKind, number>,
    spent: readonly (readonly [AdminCommand, Approval])[],
  ): boolean {
    const { approvals = [], author } = command;
    const names = new Set(approvals.map(({ approver }) => approver));
    // A gateway lets none pass that was signed for a command to somebody else.
    const isSpent = (approval: Approval): boolean =>
      spent.some(([used, of]) => of === approval && isMark(used) === isMark(command));
    const isSound =
      names.size === approvals.length &&
      !names.has(author ?? "") &&
      approvals.every((approval) => approval.untilUs >= venue.timeUs && !isSpent(approval));
    const of = (kind: AdminCommandKind): number => needed.get(kind) ?? 0;
    const wanted =
      command.kind === "set-approval-policy"
        ? Math.max(of(command.kind), of(command.command), command.needed)
        : of(command.kind);
    return isSound && names.size >= wanted;
  }
});
