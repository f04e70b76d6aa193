/**
 * Goal: what should be moved between wallets is proposed once, moved once when a quorum has let
 * it go, and nobody is owed more or less for it, wherever the custodian is killed.
 */
import { afterEach, beforeEach, expect, it } from "vitest";
import { walletOfKey } from "./chain/address.ts";
import { CustodyWorld, testSigner } from "./testing/custody-world.ts";

const cold = walletOfKey(testSigner(3).publicKey);
let world: CustodyWorld;

/** What accounts have that came from administrators; the middle of the bounds is half of it. */
const most = "1000000000";

beforeEach(async () => {
  world = await CustodyWorld.open();
  world.wallets = [
    { name: "hot", tier: "hot", address: world.hot, key: "hot", least: "0", most },
    { name: "cold", tier: "cold", address: cold },
  ];
});
afterEach(() => world.close());

const half = "1500000000";
const liabilities = () => world.place.must("custody.segregation", {});

it("is proposed once, and nothing is moved before a quorum has let it go", async () => {
  await world.rounds(3);
  expect(await world.sweeps()).toEqual([`${half} hot to cold proposed`]);
  world.mine(5);
  await world.rounds(2);
  expect(await world.onChain(cold)).toBe("0");
});

it("is moved, and told of when it lies deep enough; nobody is owed more or less", async () => {
  const before = await liabilities();
  await world.rounds(1);
  await world.approveSweep(1);
  await world.rounds(1);
  expect(await world.sweeps()).toEqual([`${half} hot to cold sending`]);
  world.mine(3);
  await world.rounds(2);
  expect(await world.sweeps()).toEqual([`${half} hot to cold done`]);
  expect([await world.onChain(), await world.onChain(cold)]).toEqual(["500000000", half]);
  expect(await liabilities()).toEqual(before);
  const { wallets } = await world.place.must("custody.sweeps", {});
  expect(wallets.map(({ wallet, swept }) => [wallet, swept])).toEqual([
    ["hot", `-${half}`],
    ["cold", half],
  ]);
});

it("is not moved under rules that have changed, and proposed anew", async () => {
  await world.rounds(1);
  await world.approveSweep(1);
  await world.setRules({ confirmations: 4 });
  await world.rounds(2);
  world.mine(9);
  expect(await world.sweeps()).toEqual([
    `${half} hot to cold voided`,
    `${half} hot to cold proposed`,
  ]);
  expect(await world.onChain(cold)).toBe("0");
});

it("waits for whoever has the key of its wallet", async () => {
  world.wallets = [
    { name: "hot", tier: "hot", address: world.hot, key: "hot", least: "3000000000" },
    { name: "cold", tier: "cold", address: cold },
  ];
  world.issue(cold, "5000000000");
  world.mine(3);
  await world.rounds(1);
  await world.approveSweep(1);
  await world.rounds(2);
  expect(await world.sweeps()).toEqual(["1000000000 cold to hot approved"]);
  expect(world.told.filter(({ kind }) => kind === "sweep-needs-key")).toHaveLength(1);
});

it("is moved once, killed after any number of steps", async () => {
  await world.rounds(1);
  await world.approveSweep(1);
  for (let steps = 0; steps < 40; steps++) {
    world.start(steps);
    await world.rounds(1);
    if (steps % 3 === 0) world.mine(1);
  }
  world.mine(3);
  await world.rounds(2);
  expect(await world.sweeps()).toEqual([`${half} hot to cold done`]);
  expect([await world.onChain(), await world.onChain(cold)]).toEqual(["500000000", half]);
});
