/** An exchange, a chain and a custodian that can be killed at any step of its, for tests. */
import { createPrivateKey, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { propose, signApproval } from "../../../clients/sdk/index.ts";
import type { AdminCommandName, BodyOf } from "../../../protocols/api/admin-translation.ts";
import { ApprovalCheck } from "../../../gateway/approvals/approval-check.ts";
import { MadeAdministrators } from "../../../gateway/testing/administrators-made.ts";
import { MarketPlace } from "../../../gateway/testing/market-place.ts";
import { walletOfKey } from "../chain/address.ts";
import { SimulatedChain } from "../chain/simulated-chain.ts";
import { nonceOf, transactionOf } from "../chain/transfer.ts";
import { Custodian } from "../custodian.ts";
import { publicKeyOf } from "../signing/ed25519.ts";
import type { Signer } from "../signing/signer.ts";
import type { Wallet } from "../wallets.ts";
import { Fate, Killed } from "./fate.ts";
import { exchangeOf } from "./market-exchange.ts";

/** What stands before the 32 bytes of a private key. Source: RFC 8410, section 7. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

export function testSigner(fill: number): Signer {
  const der = Buffer.concat([pkcs8Head, Buffer.alloc(32, fill)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { publicKey: publicKeyOf(key), sign: async (bytes) => sign(null, bytes, key) };
}

const rules = {
  ...{ asset: "BTC", custodian: "ops", approvers: ["ann", "ben"], quorum: 2 },
  ...{ withdrawalMin: "10", withdrawalMax: "5000000", dailyMax: "900000000", coolOffSeconds: 0 },
  ...{ confirmations: 3, depositMin: "5", tiers: [{ from: "0", needed: 0 }] },
};
/** What the market place's accounts begin with. */
const issued = "2000000000";
const own = new MadeAdministrators();

export class CustodyWorld {
  readonly place: MarketPlace;
  readonly chain: SimulatedChain;
  readonly signer = testSigner(1);
  readonly hot = walletOfKey(this.signer.publicKey);
  /** All that were given to the chain, by whomever. */
  readonly transactions: string[];
  readonly told: Readonly<Record<string, unknown>>[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "outcry-custodian-"));
  /** Whoever is started next has these; the hot one alone unless told. */
  wallets: readonly Wallet[] | undefined;
  #custodian: Custodian | undefined;
  #nonces = 0;

  private constructor(place: MarketPlace) {
    this.place = place;
    const transactions: string[] = [];
    this.transactions = transactions;
    this.chain = new SimulatedChain([], (act) => {
      if (act.kind === "submit") transactions.push(transactionOf(act.transfer));
    });
  }

  /** The hot wallet has what the accounts are owed, deep in the chain. */
  static async open(change: Partial<typeof rules> = {}): Promise<CustodyWorld> {
    const nowSeconds = () => Date.now() / 1000;
    const check = new ApprovalCheck({ cluster: "local", administrators: own.trusted, nowSeconds });
    const world = new CustodyWorld(await MarketPlace.open({ approvals: check }));
    await world.setRules(change);
    world.issue(world.hot, issued);
    world.mine(12);
    return world;
  }

  async setRules(change: Partial<typeof rules> = {}): Promise<void> {
    const body = { ...rules, ...change, reason: "as decided" };
    const approvals = await approvalsOf("custody.setPolicy", body);
    await this.place.must("custody.setPolicy", { ...body, approvals });
  }

  /** By both whom the rules name. */
  async approveSweep(number: number): Promise<void> {
    const { sweeps } = await this.place.must("custody.sweeps", {});
    const known = sweeps.find((sweep) => sweep.number === number);
    if (known === undefined) throw new Error(`there is no sweep ${String(number)}`);
    const { asset, from, to, amount } = known;
    const body = { asset, number, from, to, amount, reason: "looked at" };
    const approvals = await approvalsOf("custody.releaseSweep", body);
    await this.place.must("custody.releaseSweep", { ...body, approvals });
  }

  async sweeps(): Promise<readonly string[]> {
    const { sweeps } = await this.place.must("custody.sweeps", {});
    return sweeps.map(({ amount, from, to, status }) => `${amount} ${from} to ${to} ${status}`);
  }

  async close(): Promise<void> {
    await this.place.close();
    rmSync(this.folder, { recursive: true });
  }

  // ---- The chain ---------------------------------------------------------------------------

  issue(address: string, amount: string, times = 1): string {
    const nonce = nonceOf(String((this.#nonces += 1)));
    const outputs = Array.from({ length: times }, () => ({ address, amount }));
    const taken = this.chain.act({ kind: "issue", nonce, outputs });
    if (taken.kind !== "taken") throw new Error(JSON.stringify(taken));
    this.transactions.push(taken.transaction);
    return taken.transaction;
  }

  mine(blocks: number): void {
    this.chain.act({ kind: "mine", blocks });
  }

  async onChain(wallet = this.hot): Promise<string> {
    return (await this.chain.balances([wallet]))[0] ?? "";
  }

  // ---- The custodian -----------------------------------------------------------------------

  /** Another process, as after a kill; it dies after so many steps. */
  start(steps = Infinity): void {
    const fate = new Fate(steps);
    const hot: Wallet = { name: "hot", tier: "hot", address: this.hot, key: "hot" };
    const wallets = { asset: "BTC", chain: "", wallets: [...(this.wallets ?? [hot])] };
    const { publicKey } = this.signer;
    const signer = { publicKey, sign: fate.bind(this.signer).sign };
    this.#custodian = new Custodian({
      ...{ name: "ops", venue: "test", folder: this.folder },
      exchange: fate.bind(exchangeOf(this.place)),
      desks: [{ wallets, chain: fate.bind(this.chain), signer }],
      tell: (event) => this.told.push(event),
    });
  }

  get custodian(): Custodian {
    if (this.#custodian === undefined) this.start();
    return this.#custodian ?? this.custodian;
  }

  /** Whether it lived through all of them. */
  async rounds(count: number): Promise<boolean> {
    try {
      for (let done = 0; done < count; done++) await this.custodian.round();
      return true;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.start();
      return false;
    }
  }

  // ---- Accounts ----------------------------------------------------------------------------

  /** Gives its number. */
  async withdraw(amount: string, address: string, account = "demo"): Promise<number> {
    await this.place.must("withdrawal.allowAddress", { asset: "BTC", address }, account);
    const asked = { asset: "BTC", address, amount, reference: nonceOf(address) };
    return (await this.place.must("withdrawal.request", asked, account)).number;
  }

  async statuses(account = "demo"): Promise<readonly string[]> {
    const { withdrawals } = await this.place.must("withdrawal.list", {}, account);
    return withdrawals.map(({ status }) => status);
  }

  async deposits(account = "demo"): Promise<readonly string[]> {
    const { deposits } = await this.place.must("deposit.list", {}, account);
    return deposits.map(({ amount, status }) => `${amount} ${status}`);
  }

  async available(account = "demo"): Promise<string> {
    const { balances } = await this.place.must("balances", {}, account);
    return balances.find(({ asset }) => asset === "BTC")?.available ?? "";
  }

  /** What the exchange says it holds on the chain, dust and all. */
  async held(): Promise<string> {
    const { assets } = await this.place.must("custody.segregation", {});
    const { issued = "0", held = "0", dust = "0" } = assets.find((a) => a.asset === "BTC") ?? {};
    return String(BigInt(issued) + BigInt(held) + BigInt(dust));
  }
}

/** Of ann and ben, over just that request. */
async function approvalsOf<Name extends AdminCommandName>(request: Name, body: BodyOf<Name>) {
  const proposal = propose("local", "ops", { request, body });
  const untilUs = Date.now() * 1000 + 3_600_000_000;
  const credentials = await Promise.all(["ann", "ben"].map((name) => own.credentialsOf(name)));
  return credentials.map((text) => signApproval(proposal, { credentials: text, untilUs }));
}
