/**
 * Goal: what comes in is credited once and what goes out is paid once, whatever the chain does
 * meanwhile; at the end the wallets have what the ledger says that they hold.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tagged, walletOfKey } from "./chain/address.ts";
import { signTransfer } from "./chain/transfer.ts";
import { CustodyWorld, testSigner } from "./testing/custody-world.ts";

const there = walletOfKey(testSigner(2).publicKey);
let world: CustodyWorld;
beforeEach(async () => {
  world = await CustodyWorld.open();
});
afterEach(() => world.close());

const demo = () => tagged(world.hot, "demo");
const isInBalance = async () => expect(await world.onChain()).toBe(await world.held());

describe("a deposit", () => {
  beforeEach(() => world.rounds(1));

  it("has an address for every account, and each once", async () => {
    await world.rounds(3);
    const { addresses } = await world.place.must("custody.deposits", {});
    expect(addresses.map(({ address }) => address)).toEqual([demo(), tagged(world.hot, "maker")]);
  });

  it("is seen with its block and credited when it lies deep enough", async () => {
    world.issue(demo(), "70");
    await world.rounds(1);
    expect(await world.deposits()).toEqual([]);
    world.mine(1);
    await world.rounds(2);
    expect([await world.deposits(), await world.available()]).toEqual([["70 seen"], "1000000000"]);
    world.mine(2);
    await world.rounds(2);
    expect([await world.deposits(), await world.available()]).toEqual([
      ["70 credited"],
      "1000000070",
    ]);
    await isInBalance();
  });

  it("that was missed while nobody looked is told of at once", async () => {
    world.issue(demo(), "70");
    world.mine(9);
    world.start();
    await world.rounds(1);
    expect(await world.deposits()).toEqual(["70 credited"]);
  });

  it("comes twice in one transaction, and as dust", async () => {
    world.issue(demo(), "70", 2);
    world.issue(demo(), "4");
    world.issue(world.hot, "1000");
    world.mine(3);
    await world.rounds(2);
    expect(await world.deposits()).toEqual(["70 credited", "70 credited", "4 dust"]);
    expect(await world.available()).toBe("1000000140");
    // What came to the wallet itself is nobody's deposit.
    expect(BigInt(await world.onChain()) - BigInt(await world.held())).toBe(1000n);
  });

  it("to a tag that nobody has is told of once, and is nobody's", async () => {
    world.issue(tagged(world.hot, "dmeo"), "70");
    world.mine(9);
    await world.rounds(3);
    const told = world.told.filter(({ kind }) => kind === "deposit-unassigned");
    expect(told).toMatchObject([{ address: tagged(world.hot, "dmeo"), amount: "70" }]);
    expect([await world.deposits(), await world.available()]).toEqual([[], "1000000000"]);
    expect(world.custodian.status().assets).toMatchObject([{ unassigned: 1 }]);
  });

  it("that is displaced before it is credited is seen anew", async () => {
    const transaction = world.issue(demo(), "70");
    world.mine(2);
    await world.rounds(1);
    world.chain.act({ kind: "reorganize", depth: 2, without: [transaction] });
    await world.rounds(1);
    expect(await world.deposits()).toEqual(["70 orphaned"]);
    world.chain.act({ kind: "find", transaction });
    world.mine(3);
    await world.rounds(1);
    expect(await world.deposits()).toEqual(["70 credited"]);
    await isInBalance();
  });

  it("that is displaced after it was credited is lost, and credited once when it is back", async () => {
    const transaction = world.issue(demo(), "70");
    world.mine(3);
    await world.rounds(1);
    world.chain.act({ kind: "reorganize", depth: 4, without: [transaction] });
    await world.rounds(1);
    expect([await world.deposits(), await world.available()]).toEqual([["70 lost"], "1000000070"]);
    world.chain.act({ kind: "find", transaction });
    world.mine(1);
    await world.rounds(2);
    expect([await world.deposits(), await world.available()]).toEqual([
      ["70 credited"],
      "1000000070",
    ]);
    await isInBalance();
  });
});

describe("a withdrawal", () => {
  it("is begun before it is on the chain, and completed when it lies deep enough", async () => {
    await world.withdraw("400", there);
    await world.rounds(2);
    expect(await world.statuses()).toEqual(["sending"]);
    world.mine(1);
    await world.rounds(2);
    expect([await world.statuses(), await world.onChain(there)]).toEqual([["sent"], "400"]);
    world.mine(2);
    await world.rounds(1);
    expect(await world.statuses()).toEqual(["completed"]);
    await isInBalance();
  });

  it("is sent again when its block is displaced, before its end and after", async () => {
    await world.withdraw("400", there);
    await world.rounds(1);
    const transaction = world.transactions.at(-1) ?? "";
    for (const status of ["sent", "completed"]) {
      world.mine(status === "sent" ? 1 : 3);
      await world.rounds(2);
      expect(await world.statuses()).toEqual([status]);
      world.chain.act({ kind: "reorganize", depth: 4, without: [transaction] });
      expect(await world.onChain(there)).toBe("0");
      await world.rounds(2);
    }
    world.mine(3);
    await world.rounds(2);
    expect([await world.statuses(), await world.onChain(there)]).toEqual([["completed"], "400"]);
    expect(world.told.filter(({ kind }) => kind === "completed-displaced")).toHaveLength(1);
    await isInBalance();
  });

  it("is not paid twice where the chain had lost it and found it later", async () => {
    await world.withdraw("400", there);
    await world.rounds(1);
    const transaction = world.transactions.at(-1) ?? "";
    world.chain.act({ kind: "lose", transaction });
    world.mine(3);
    world.start();
    await world.rounds(1);
    world.chain.act({ kind: "find", transaction });
    world.mine(4);
    await world.rounds(3);
    expect([await world.statuses(), await world.onChain(there)]).toEqual([["completed"], "400"]);
  });

  it("to where nobody can be has failed, and is given back", async () => {
    await world.withdraw("400", "sim1nowhere");
    await world.rounds(2);
    expect([await world.statuses(), await world.available()]).toEqual([["failed"], "1000000000"]);
    world.start();
    await world.rounds(1);
    await isInBalance();
  });

  it("of more than the hot wallet has waits until it has it", async () => {
    world.issue(there, "1");
    const rest = BigInt(await world.onChain()) - 300n;
    const outputs = [{ address: there, amount: String(rest) }];
    await world.chain.submit(await signTransfer(world.signer, { nonce: "ab".repeat(32), outputs }));
    world.mine(1);
    await world.withdraw("400", walletOfKey(testSigner(3).publicKey));
    await world.rounds(2);
    expect(await world.statuses()).toEqual(["sending"]);
    expect(world.told.at(-1)).toMatchObject({ kind: "withdrawal-waits", why: "balance-too-small" });
    world.issue(world.hot, "100");
    world.mine(1);
    await world.rounds(1);
    world.mine(3);
    await world.rounds(2);
    expect(await world.statuses()).toEqual(["completed"]);
  });

  it("is not paid by what was signed for one of another exchange", async () => {
    const outputs = [{ address: there, amount: "999" }];
    const other = await signTransfer(world.signer, { nonce: "cd".repeat(32), outputs });
    world.start();
    writeFileSync(join(world.folder, "BTC", "signed", "demo.1.json"), JSON.stringify(other));
    world.start();
    await world.withdraw("400", there);
    await world.rounds(2);
    world.mine(3);
    expect(world.told.at(-1)).toMatchObject({ kind: "signed-for-others" });
    expect([await world.statuses(), await world.onChain(there)]).toEqual([["sending"], "0"]);
  });
});

describe("a custodian", () => {
  it("does nothing where the rules name another, and says so", async () => {
    await world.close();
    world = await CustodyWorld.open({ custodian: "somebody" });
    await world.withdraw("400", there);
    await world.rounds(2);
    expect(await world.statuses()).toEqual(["approved"]);
    expect(world.custodian.status().waiting["BTC"]).toContain("do not name ops");
  });

  it("is not started with what it cannot read of what it has signed", () => {
    world.start();
    writeFileSync(join(world.folder, "BTC", "signed", "demo.1.json"), "{");
    expect(() => world.start()).toThrow("holds no transfer");
  });

  it("is not started with a key that is not that of its wallet", () => {
    Object.assign(world, { hot: there });
    expect(() => world.start()).toThrow("is not that of BTC's wallet hot");
  });
});
