/**
 * The upgrade drill: a cluster of the release before goes to the present one while orders flow, by
 * the commands that an operator has. Every engine node is drained, restarted and has caught up
 * before the next one goes; then the logic is activated, and the gateways are restarted; then
 * nats-servers have their turn.
 *
 * Orders are due at a steady pace whatever becomes of those before. How long each waits for its
 * acknowledgement, from when it was due, is what a client notices of it all.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { OutcryClient } from "../../clients/sdk/index.ts";
import type { UpgradeReport } from "../../ops/cli/upgrade-report.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { shardOfAccount } from "../../protocols/placement.ts";
import { verify } from "./failover-drill.ts";
import { runOutcry } from "./outcry-command.ts";

export interface UpgradeDrillOptions {
  /** Its nodes carry less logic than this release has. */
  readonly cluster: ThrowawayCluster;
  readonly ordersPerSecond: number;
  /** How often every node is restarted; the first time it comes back with the newer logic. */
  readonly rounds: number;
  /** Which nats-servers are drained and restarted, too. */
  readonly servers: readonly string[];
  readonly say: (line: string) => void;
}

/** What was done for a while, and the longest that an order due then had to wait. */
export interface Window {
  readonly what: "calm" | "nodes" | "node" | "activation" | "gateways" | "server";
  readonly process: string;
  readonly orders: number;
  readonly waitMsMax: number;
}

export interface UpgradeDrillResult {
  readonly windows: readonly Window[];
  /** The engine nodes that were restarted for the upgrade. */
  readonly restarted: readonly string[];
  readonly orders: number;
  /** Orders that were not acknowledged, or that the exchange does not know as acknowledged. */
  readonly lost: readonly string[];
  /** By which logic each shard goes at the end. */
  readonly logics: readonly number[];
  readonly isVerified: boolean;
  readonly verification: string;
}

interface SentOrder {
  readonly client: OutcryClient;
  readonly clientOrderId: string;
  readonly dueMs: number;
  /** undefined until it is acknowledged. */
  waitMs: number | undefined;
}

const calmMs = 3000;
/** Between one restart and the next: emission comes back to its first node after ten seconds. */
const restMs = 2000;
const symbol = "BTC-USDT";

export class UpgradeDrill {
  readonly #options: UpgradeDrillOptions;
  readonly #sent: SentOrder[] = [];
  readonly #windows: Window[] = [];
  #isOver = false;

  constructor(options: UpgradeDrillOptions) {
    this.#options = options;
  }

  async run(): Promise<UpgradeDrillResult> {
    const { cluster, say } = this.#options;
    const clients = await this.#clients();
    const flow = this.#flow(clients);
    let restarted: readonly string[];
    try {
      await this.#window("calm", "", () => sleep(calmMs));
      restarted = await this.#restartNodes();
      await this.#activate();
      for (let round = 1; round < this.#options.rounds; round++) {
        await this.#window("nodes", "", () => this.#outcry("upgrade", "run", "--all"));
      }
      await this.#restartServers();
    } finally {
      this.#isOver = true;
      await flow;
    }
    say("asking for every order");
    const lost = await this.#lost();
    for (const client of clients) await client.close();
    const { shards } = await this.#outcry<UpgradeReport>("upgrade", "status");
    const verified = await verify(cluster.directory.path);
    const logics = shards.map(({ logic }) => logic);
    const windows = this.#windows;
    return { windows, restarted, orders: this.#sent.length, lost, logics, ...verified };
  }

  /** An account on each shard, so that no shard's silence stays unnoticed. */
  async #clients(): Promise<readonly OutcryClient[]> {
    const { cluster } = this.#options;
    const { shards } = cluster.file;
    const accounts: string[] = [];
    for (let number = 1; accounts.length < shards; number++) {
      const account = `trader-${number}`;
      if (shardOfAccount(account, shards) === accounts.length) accounts.push(account);
    }
    return await cluster.participants(accounts, { USDT: "1000000000000000" });
  }

  /** Resolves when it is over and every order has its answer or none. */
  async #flow(clients: readonly OutcryClient[]): Promise<void> {
    const everyMs = 1000 / this.#options.ordersPerSecond;
    const answers: Promise<void>[] = [];
    const beganAtMs = performance.now();
    for (let number = 0; !this.#isOver; number++) {
      const dueMs = beganAtMs + number * everyMs;
      await sleep(Math.max(0, dueMs - performance.now()));
      const client = clients[number % clients.length]!;
      const clientOrderId = `drill-${number}`;
      const order: SentOrder = { client, clientOrderId, dueMs, waitMs: undefined };
      this.#sent.push(order);
      answers.push(this.#place(order));
    }
    await Promise.all(answers);
  }

  async #place(order: SentOrder): Promise<void> {
    const { client, clientOrderId, dueMs } = order;
    try {
      const terms = { symbol, side: "buy", type: "limit", price: 100, quantity: 1 } as const;
      const result = await client.place({ ...terms, clientOrderId });
      if (result.ok) order.waitMs = performance.now() - dueMs;
    } catch (error) {
      this.#options.say(`${clientOrderId}: ${String(error)}`);
    }
  }

  async #window(what: Window["what"], process: string, act: () => Promise<unknown>): Promise<void> {
    const beganAtMs = performance.now();
    await act();
    // What was due last is answered by then.
    await sleep(restMs);
    const orders = this.#sent.filter(({ dueMs }) => dueMs >= beganAtMs);
    const waits = orders.map(({ waitMs, dueMs }) => waitMs ?? performance.now() - dueMs);
    const waitMsMax = Math.round(Math.max(0, ...waits));
    this.#windows.push({ what, process, orders: orders.length, waitMsMax });
    this.#options.say(
      `${what} ${process}: longest wait ${waitMsMax} ms of ${orders.length} orders`,
    );
  }

  /** Runs a command that must work, and reads what it prints. */
  async #outcry<Answer extends object>(...words: readonly string[]): Promise<Answer> {
    const { path } = this.#options.cluster.directory;
    const { exitCode, stdout, stderr } = await runOutcry(...words, "--json", "--data", path);
    if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Answer;
  }

  /** All to the present release; nothing that could not be taken back. */
  async #restartNodes(): Promise<readonly string[]> {
    await this.#outcry("upgrade", "plan");
    let restarted: readonly { readonly node: string }[] = [];
    await this.#window("nodes", "", async () => {
      const answer = await this.#outcry<{ restarted: typeof restarted }>("upgrade", "run");
      restarted = answer.restarted;
    });
    // What to do to go back, and that nothing is in the way of it.
    await this.#outcry("upgrade", "abort");
    await this.#window("node", "e1", async () => {
      await this.#outcry("drain", "e1");
      await this.#outcry("undrain", "e1");
      await this.#outcry("restart", "e1", "--renew");
    });
    return restarted.map(({ node }) => node);
  }

  async #activate(): Promise<void> {
    await this.#outcry("upgrade", "start", "--dry-run");
    await this.#window("activation", "", () => this.#outcry("upgrade", "start"));
    await this.#window("gateways", "", () => this.#outcry("upgrade", "run", "--gateways"));
  }

  async #restartServers(): Promise<void> {
    for (const server of this.#options.servers) {
      await this.#window("server", server, async () => {
        for (const word of ["drain", "restart", "undrain"]) await this.#outcry(word, server);
      });
    }
  }

  async #lost(): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const { client, clientOrderId, waitMs } of this.#sent) {
      const order = await client.order({ clientOrderId });
      if (waitMs === undefined || order?.status !== "new") lost.push(clientOrderId);
    }
    return lost;
  }
}

/** Whether the drill showed all that it is there to show. */
export function isUpgraded({ lost, logics, isVerified }: UpgradeDrillResult): boolean {
  return lost.length === 0 && new Set(logics).size === 1 && isVerified;
}
