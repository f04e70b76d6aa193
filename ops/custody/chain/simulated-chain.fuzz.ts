/**
 * Goal: whatever happens to a simulated chain, its wallets have together what came in blocks from
 * outside, none of them has less than nothing, and its acts make the same chain again.
 */
import { createPrivateKey, sign } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { publicKeyOf } from "../signing/ed25519.ts";
import type { Signer } from "../signing/signer.ts";
import { walletOfKey } from "./address.ts";
import type { ChainAct } from "./chain-act.ts";
import { SimulatedChain } from "./simulated-chain.ts";
import { nonceOf, signTransfer } from "./transfer.ts";

/** What stands before the 32 bytes of a private key. Source: RFC 8410, section 7. */
const head = Buffer.from("302e020100300506032b657004220420", "hex");
const signers = [1, 2, 3].map((fill): Signer => {
  const der = Buffer.concat([head, Buffer.alloc(32, fill)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { publicKey: publicKeyOf(key), sign: async (bytes) => sign(null, bytes, key) };
});
const wallets = signers.map(({ publicKey }) => walletOfKey(publicKey));

const small = fc.integer({ min: 0, max: 2 });
const amount = fc.integer({ min: 1, max: 100 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("issue" as const), to: small, amount }),
  fc.record({ kind: fc.constant("pay" as const), by: small, to: small, amount }),
  fc.record({ kind: fc.constant("mine" as const), blocks: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constant("reorganize" as const),
    depth: fc.integer({ min: 1, max: 4 }),
    without: fc.nat(),
  }),
  fc.record({ kind: fc.constantFrom("lose" as const, "find" as const), which: fc.nat() }),
);

it("conserves what came from outside, and is made again by its acts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      const acts: ChainAct[] = [];
      const chain = new SimulatedChain([], (act) => acts.push(act));
      const known: string[] = [];
      const issued = new Map<string, bigint>();
      const oneOf = (which: number) => known[which % known.length] ?? "none";
      for (const [index, each] of steps.entries()) {
        const nonce = nonceOf(String(index));
        const outputs =
          "to" in each ? [{ address: wallets[each.to]!, amount: String(each.amount) }] : [];
        if (each.kind === "issue") {
          const taken = chain.act({ kind: "issue", nonce, outputs });
          if (taken.kind !== "taken") throw new Error(taken.kind);
          known.push(taken.transaction);
          issued.set(taken.transaction, BigInt(each.amount));
        } else if (each.kind === "pay") {
          const answer = await chain.submit(
            await signTransfer(signers[each.by]!, { nonce, outputs }),
          );
          if (answer.kind === "taken") known.push(answer.transaction);
          else expect(answer.why).toBe("balance-too-small");
        } else if (each.kind === "mine") {
          chain.act(each);
        } else if (each.kind === "reorganize") {
          chain.act({ kind: "reorganize", depth: each.depth, without: [oneOf(each.without)] });
        } else {
          chain.act({ kind: each.kind, transaction: oneOf(each.which) });
        }
        const inBlocks = await chain.confirmations([...issued.keys()]);
        const expected = [...issued.values()].filter((_, at) => inBlocks[at] !== 0);
        expect(chain.total()).toBe(expected.reduce((total, units) => total + units, 0n));
      }
      const again = new SimulatedChain(acts);
      expect(await again.height()).toBe(await chain.height());
      expect(await again.balances(wallets)).toEqual(await chain.balances(wallets));
      expect(await again.confirmations(known)).toEqual(await chain.confirmations(known));
    }),
    { numRuns: 150 },
  );
});
