/**
 * Goal: the transfers that a shard tells of are all that ever changes what anybody has. Method:
 * days of random trading on one shard and on several, with accounts that move; each log is applied
 * once more by a shard whose transfers are folded, and after every entry the fold is what accounts
 * have.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, subtract } from "../../protocols/index.ts";
import type { Amount } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { ShardEntry } from "../shard/step.ts";
import type { StepWitness } from "../shard/witness.ts";
import { playCrashes } from "../testing/crashing-day.ts";
import { tradeOut } from "../testing/trading-day.ts";
import type { LedgerAccount, LedgerAccountKind, Transfer, TransferCode } from "./ledger-account.ts";

const idle = (): void => undefined;

/** Between which kinds of accounts something is transferred, by why it is. */
const ways: Readonly<Record<TransferCode, readonly string[]>> = {
  issue: ["issuance to settlement"],
  deposit: ["settlement to available"],
  reserve: ["available to reserved"],
  release: ["reserved to available", "margin to available"],
  post: ["available to margin"],
  trade: [
    ...["reserved to settlement", "settlement to available"],
    ...["reserved to clearing", "claims to available", "reserved to delivery"],
  ],
  settle: [
    ...["clearing to settlement", "settlement to claims"],
    ...["delivery to settlement", "settlement to available"],
  ],
  deliver: ["available to delivery"],
  penalty: ["available to available"],
  fee: ["reserved to available", "available to available"],
  rebate: ["rebates to available", "rebates to reserved"],
  position: ["variation to settlement", "settlement to variation"],
  profit: [
    ...["variation to available", "available to variation"],
    ...["variation to margin", "margin to variation"],
  ],
  funding: [
    ...["variation to available", "available to variation"],
    ...["variation to margin", "margin to variation"],
  ],
  cover: [
    ...["settlement to available", "available to settlement", "deficit to settlement"],
    "settlement to margin",
  ],
  liquidation: ["available to settlement", "settlement to available"],
  receipt: ["custody to settlement"],
  request: ["available to withdrawing"],
  return: ["withdrawing to available"],
  payout: ["withdrawing to settlement", "settlement to custody"],
  departure: [
    ...["available to settlement", "reserved to settlement", "withdrawing to settlement"],
    ...["clearing to settlement", "settlement to claims", "delivery to settlement"],
    ...["variation to settlement", "settlement to variation", "margin to settlement"],
  ],
  arrival: [
    ...["settlement to available", "settlement to reserved", "settlement to withdrawing"],
    ...["settlement to clearing", "claims to settlement", "settlement to delivery"],
    ...["settlement to variation", "variation to settlement", "settlement to margin"],
  ],
};

/** What transfers say that there is, by asset, owner and kind. */
class Fold implements StepWitness {
  readonly came = idle;
  readonly held = idle;
  readonly resumed = idle;
  readonly woke = idle;
  readonly heard = idle;
  readonly said = idle;
  readonly sent = idle;
  readonly told = idle;
  readonly codes = new Set<TransferCode>();
  readonly faults: string[] = [];
  readonly #balances = new Map<string, Map<string, Amount>>();

  transferred({ debit, credit, amount, code }: Transfer): void {
    this.codes.add(code);
    const way = `${debit.kind} to ${credit.kind}`;
    if (!ways[code].includes(way)) this.faults.push(`${code} from ${way}`);
    if (amount <= 0) this.faults.push(`${code} of ${String(amount)}`);
    const isOwn = ["reserve", "release", "post", "request", "return"].includes(code);
    if (isOwn && debit.owner !== credit.owner) this.faults.push(`${code} for another`);
    this.#change(debit, subtract(0, amount));
    this.#change(credit, amount);
  }

  #change({ asset, owner, kind }: LedgerAccount, amount: Amount): void {
    const ofAsset = this.#balances.get(asset) ?? new Map<string, Amount>();
    this.#balances.set(asset, ofAsset);
    const name = nameOf(owner, kind);
    ofAsset.set(name, add(ofAsset.get(name) ?? 0, amount));
  }

  of(asset: string, owner: string, kind: LedgerAccountKind): Amount {
    return this.#balances.get(asset)?.get(nameOf(owner, kind)) ?? 0;
  }

  /** The owners of whom anything is left, by asset; and what all add up to. */
  *sums(): Iterable<{ asset: string; sum: Amount; owners: ReadonlySet<string> }> {
    for (const [asset, accounts] of this.#balances) {
      const left = [...accounts].filter(([, amount]) => amount !== 0);
      const sum = left.reduce<Amount>((all, [, amount]) => add(all, amount), 0);
      yield { asset, sum, owners: new Set(left.map(([name]) => name.split("/")[0] ?? "")) };
    }
  }
}

function nameOf(owner: string, kind: LedgerAccountKind): string {
  return `${owner}/${kind}`;
}

/** Applies a log once more, and compares after every entry. */
function foldOf(log: readonly ShardEntry[], number: number, shards: number): Fold {
  const [shard, fold] = [new Shard(number, shards), new Fold()];
  shard.watch(fold);
  for (const entry of log) {
    shard.apply(entry);
    compare(shard, fold);
  }
  expect(fold.faults).toEqual([]);
  return fold;
}

/** Compares what accounts say they have with what was transferred to them. */
function compare(shard: Shard, fold: Fold): void {
  const known = new Set([""]);
  for (const account of [...shard.accounts(), shard.fees]) {
    known.add(account.id);
    for (const { asset, available, reserved, ...apart } of account.balances()) {
      const { withdrawing = 0, posted = 0 } = apart;
      expect(fold.of(asset, account.id, "margin")).toBe(posted);
      expect(fold.of(asset, account.id, "withdrawing")).toBe(withdrawing);
      expect(fold.of(asset, account.id, "available")).toBe(available);
      expect(fold.of(asset, account.id, "reserved")).toBe(reserved);
    }
  }
  for (const { asset, sum, owners } of fold.sums()) {
    expect(sum, asset).toBe(0);
    // Who has left takes all along.
    for (const owner of owners) expect(known).toContain(owner);
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const kinds = [
  // Days that are always among them: what is to have been seen is no matter of chance.
  { shards: 1, known: [1, 3, 6, 9] },
  { shards: 3, known: [3, 12, 13, 25] },
];

describe.each(kinds)("transfers of a day on $shards shards", ({ shards, known }) => {
  it("are all that changes what anybody has, and add up to nothing", () => {
    const codes = new Set<TransferCode>();
    const day = fc.property(seeds, (seed) => {
      const venue = tradeOut({
        ...{ seed, shards, moves: 200, deliveryPercent: 40, feePercent: 8 },
        ...{ custodyPercent: 35, clearingPercent: 14, contractPercent: 15 },
        relocationPercent: shards === 1 ? 0 : 6,
      });
      const folds = venue.logs.map((log, number) => {
        const fold = foldOf(log, number, shards);
        if (known.includes(seed)) for (const code of fold.codes) codes.add(code);
        return fold;
      });
      // Nothing is under way: what one shard has taken to give it to another was given.
      for (const { asset, available } of venue.first.governor.supply()) {
        const settled = folds.map((fold) => fold.of(asset, "", "settlement"));
        expect(settled.reduce<Amount>((all, amount) => add(all, amount), 0)).toBe(0);
        const unsettled = folds.flatMap((fold) => [
          fold.of(asset, "", "clearing"),
          fold.of(asset, "", "claims"),
        ]);
        expect(unsettled.reduce<Amount>((all, amount) => add(all, amount), 0)).toBe(0);
        const issued = folds.flatMap((fold) => [
          fold.of(asset, "", "issuance"),
          fold.of(asset, "", "custody"),
        ]);
        expect(issued.reduce<Amount>((all, amount) => add(all, amount), 0)).toBe(
          subtract(0, available),
        );
      }
    });
    fc.assert(day, {
      examples: known.map((seed): [number] => [seed]),
      numRuns: 12 * Number(process.env["FUZZ_SCALE"] ?? 1),
    });
    const seen = Object.keys(ways).filter((code) => codes.has(code as TransferCode));
    const moving = shards > 1 ? [] : ["departure", "arrival"];
    // Days are too short for some: positions.fuzz.ts and clearing.fuzz.ts have them.
    const elsewhere = [...moving, "profit", "funding", "cover", "penalty", "liquidation", "post"];
    expect(seen).toEqual(
      expect.arrayContaining(Object.keys(ways).filter((code) => !elsewhere.includes(code))),
    );
  });
});

describe.each([1, 3])("transfers of days of crashes on %i shards", (shards) => {
  it("are all that changes what anybody has, also by being liquidated", () => {
    const codes = new Set<TransferCode>();
    for (let seed = 1; seed <= 10; seed++) {
      const venue = playCrashes({ seed, shards, moves: 300 }, idle);
      venue.logs.forEach((log, number) => {
        for (const code of foldOf(log, number, shards).codes) codes.add(code);
      });
    }
    expect([...codes]).toEqual(
      expect.arrayContaining(["position", "profit", "liquidation", "post"]),
    );
  });
});
