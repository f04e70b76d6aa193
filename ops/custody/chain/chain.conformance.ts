/** What every chain keeps to, as a custodian relies on it. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Signer } from "../signing/signer.ts";
import { tagged, walletOfKey } from "./address.ts";
import type { Chain, Output, SignedTransfer } from "./chain.ts";
import { nonceOf, signTransfer } from "./transfer.ts";

export interface ChainUnderTest {
  readonly chain: Chain;
  /** Has units come from outside; they wait for a block. Gives the transaction. */
  issue(outputs: readonly Output[]): Promise<string>;
  mine(blocks: number): Promise<void>;
}

export function chainConformance(
  open: () => Promise<ChainUnderTest>,
  signers: () => Promise<readonly [Signer, Signer]>,
): void {
  let under: ChainUnderTest;
  let own: Signer;
  let wallet: string;
  let there: string;

  beforeEach(async () => {
    under = await open();
    const [first, second] = await signers();
    own = first;
    [wallet, there] = [walletOfKey(first.publicKey), walletOfKey(second.publicKey)];
    await under.issue([{ address: wallet, amount: "1000" }]);
    await under.mine(1);
  });

  const payment = (nonce: string, amount = "300", address = there): Promise<SignedTransfer> =>
    signTransfer(own, { nonce: nonceOf(nonce), outputs: [{ address, amount }] });
  const balances = () => under.chain.balances([wallet, there]);

  describe("a transfer", () => {
    it("is taken, waits, and is deeper with every block", async () => {
      const answer = await under.chain.submit(await payment("a"));
      if (answer.kind !== "taken") throw new Error(answer.why);
      const { transaction } = answer;
      const deep = async () => (await under.chain.confirmations([transaction]))[0];
      expect([await deep(), await balances()]).toEqual([0, ["1000", "0"]]);
      await under.mine(1);
      expect([await deep(), await balances()]).toEqual([1, ["700", "300"]]);
      await under.mine(2);
      expect([await deep(), await under.chain.height()]).toEqual([3, 4]);
    });

    it("pays once however often it is sent, before its block and after it", async () => {
      const transfer = await payment("a");
      const first = await under.chain.submit(transfer);
      expect(await under.chain.submit(transfer)).toEqual(first);
      await under.mine(1);
      expect(await under.chain.submit(transfer)).toEqual(first);
      await under.mine(2);
      expect(await balances()).toEqual(["700", "300"]);
    });

    it("is not another one of the same nonce", async () => {
      await under.chain.submit(await payment("a"));
      const other = await payment("a", "301");
      expect(await under.chain.submit(other)).toEqual({ kind: "refused", why: "nonce-used" });
      await under.mine(1);
      expect(await under.chain.submit(other)).toEqual({ kind: "refused", why: "nonce-used" });
      expect(await balances()).toEqual(["700", "300"]);
    });

    it("of more than there is, with what waits, is not taken until there is more", async () => {
      await under.chain.submit(await payment("a", "600"));
      const more = await payment("b", "600");
      expect(await under.chain.submit(more)).toEqual({ kind: "refused", why: "balance-too-small" });
      await under.issue([{ address: wallet, amount: "200" }]);
      await under.mine(1);
      expect((await under.chain.submit(more)).kind).toBe("taken");
    });

    it.each<[string, (transfer: SignedTransfer) => object]>([
      ["malformed", () => ({})],
      ["malformed", (transfer) => ({ ...transfer, outputs: [] })],
      ["malformed", (transfer) => ({ ...transfer, outputs: [{ address: there, amount: "-1" }] })],
      ["malformed", (transfer) => ({ ...transfer, outputs: [{ address: there, amount: "0" }] })],
      ["malformed", (transfer) => ({ ...transfer, more: 1 })],
      ["signature-wrong", (transfer) => ({ ...transfer, nonce: nonceOf("other") })],
      ["signature-wrong", (transfer) => ({ ...transfer, from: "00".repeat(32) })],
      ["signature-wrong", (transfer) => ({ ...transfer, signature: "00".repeat(64) })],
      [
        "signature-wrong",
        (transfer) => ({ ...transfer, outputs: [{ address: there, amount: "999" }] }),
      ],
    ])("is refused for good: %s", async (why, change) => {
      const transfer = change(await payment("a")) as SignedTransfer;
      expect(await under.chain.submit(transfer)).toEqual({ kind: "refused", why });
      await under.mine(1);
      expect(await balances()).toEqual(["1000", "0"]);
    });

    it("to where nobody can be is refused for good", async () => {
      const typo = there.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      for (const address of [typo, "nowhere", `${there}:`, `${there}:A`]) {
        const answer = await under.chain.submit(await payment("a", "300", address));
        expect(answer).toEqual({ kind: "refused", why: "address-wrong" });
      }
    });
  });

  describe("what came in", () => {
    it("is told with its tag, in its order, above a height", async () => {
      const [one, two] = [tagged(wallet, "demo"), tagged(wallet, "maker-1")];
      const outputs = [
        { address: one, amount: "5" },
        { address: there, amount: "6" },
        { address: two, amount: "7" },
      ];
      const transaction = await under.issue(outputs);
      expect(await under.chain.outputsAbove(1, [wallet])).toEqual([]);
      await under.mine(1);
      expect(await under.chain.outputsAbove(1, [wallet])).toEqual([
        { transaction, output: 0, address: one, amount: "5", height: 2 },
        { transaction, output: 2, address: two, amount: "7", height: 2 },
      ]);
      expect(await under.chain.outputsAbove(2, [wallet])).toEqual([]);
      expect((await under.chain.outputsAbove(0, [wallet, there])).length).toBe(4);
      expect(await balances()).toEqual(["1012", "6"]);
    });
  });

  it("knows no transaction that it was not told of, and no wallet", async () => {
    expect(await under.chain.confirmations(["ff", ""])).toEqual([0, 0]);
    expect(await under.chain.balances(["sim1", "__proto__"])).toEqual(["0", "0"]);
  });
}
