/**
 * Goal: a custodian that is killed at any step and started anew, on a chain that reorganises, loses
 * and finds, pays every withdrawal once, has every deposit credited once, and ends with its wallet
 * holding what the ledger says.
 *
 * Method: it is killed by a count of steps, each an end of a call to the exchange, the chain or its
 * key. When all that was lost is found and blocks go on, everything has to come to its end.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { tagged, walletOfKey } from "./chain/address.ts";
import { CustodyWorld, testSigner } from "./testing/custody-world.ts";

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("withdraw" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("deposit" as const),
      amount: fc.integer({ min: 1, max: 99 }),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("mine" as const),
      blocks: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("reorganize" as const),
      depth: fc.integer({ min: 1, max: 5 }),
      which: fc.nat(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("lose" as const, "find" as const),
      which: fc.nat(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("look" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("kill" as const),
      after: fc.integer({ min: 0, max: 30 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Where each withdrawal goes: to an address of its own. */
const places = Array.from({ length: 40 }, (_, index) =>
  walletOfKey(testSigner(index + 10).publicKey),
);
const amountOf = (index: number): string => String(100 + index);

async function happen(world: CustodyWorld, each: Step, paid: string[]): Promise<void> {
  const { chain, transactions } = world;
  // The first is what the wallet begins with.
  const one = (which: number): string => transactions[1 + (which % transactions.length)] ?? "none";
  switch (each.do) {
    case "withdraw": {
      const address = places[paid.length] ?? "";
      await world.withdraw(amountOf(paid.length), address);
      paid.push(address);
      return;
    }
    case "deposit":
      world.issue(tagged(world.hot, "demo"), String(each.amount), each.times);
      return;
    case "mine":
      world.mine(each.blocks);
      return;
    case "reorganize":
      chain.act({ kind: "reorganize", depth: each.depth, without: [one(each.which)] });
      return;
    case "lose":
    case "find":
      chain.act({ kind: each.do, transaction: one(each.which) });
      return;
    case "look":
      await world.rounds(1);
      return;
    case "kill":
      world.start(each.after);
      await world.rounds(2);
      world.start();
      return;
  }
}

it("pays once and credits once, wherever it is killed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = await CustodyWorld.open();
      const paid: string[] = [];
      try {
        for (const each of steps) await happen(world, each, paid);
        for (let calm = 0; calm < 4; calm++) {
          for (const transaction of world.transactions) {
            world.chain.act({ kind: "find", transaction });
          }
          world.mine(3);
          await world.rounds(2);
        }
        expect(await world.chain.balances(paid)).toEqual(paid.map((_, at) => amountOf(at)));
        expect(await world.statuses()).toEqual(paid.map(() => "completed"));
        const open = (await world.deposits()).filter((each) => !/credited|dust/.test(each));
        expect(open).toEqual([]);
        expect(await world.onChain()).toBe(await world.held());
      } finally {
        await world.close();
      }
    }),
    { numRuns: 20 },
  );
});
