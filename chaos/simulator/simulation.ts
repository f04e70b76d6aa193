/**
 * Simulation: one world from its seed to its verdict.
 *
 * A venue is opened in good weather and traded on while the seed's faults rage (what is promised
 * must hold at every moment); then all is healed, and everything in flight must come to an end.
 */
import { newestLogic } from "../../actors/index.ts";
import { assertAlways, assertSettled } from "../../actors/testing/invariants.ts";
import type { ReplicaReport } from "../../cluster/replica.ts";
import { LogOracle } from "./checkers/log-oracle.ts";
import { OrderHistory } from "./checkers/order-history.ts";
import { PromiseBroken } from "./checkers/promise-broken.ts";
import { ReplicaChecker } from "./checkers/replica-checker.ts";
import { Swarm } from "./faults/swarm.ts";
import { ActorMover } from "./parts/actor-mover.ts";
import { BackOffice } from "./parts/back-office.ts";
import { BookWatcher } from "./parts/book-watcher.ts";
import { NodeChanges } from "./parts/node-changes.ts";
import { SimCluster } from "./parts/sim-cluster.ts";
import { TradingWorkload } from "./parts/trading-workload.ts";
import { SimWorld } from "./world/sim-world.ts";
import { Chance } from "./world/chance.ts";

export interface SimulationOptions {
  readonly seed: number;
  /** How long faults rage, in virtual time. */
  readonly rageMs: number;
  /** Keeps the whole trace as text. */
  readonly keepTrace?: boolean;
}

export interface SimulationResult {
  readonly seed: number;
  /** Undefined when every promise was kept. */
  readonly failure:
    { readonly promise: string; readonly message: string; readonly stack: string } | undefined;
  readonly trace: string;
  readonly virtualMs: number;
  /** From the moment when all was healed until all was at rest. */
  readonly restMs: number;
  readonly realMs: number;
  /** What the processor spent on it, whatever else the machine did. */
  readonly cpuMs: number;
  readonly turns: number;
  readonly shards: number;
  /** Actors that came to live in another shard. */
  readonly moves: number;
  /** Engine nodes that came or went. */
  readonly nodeChanges: number;
  readonly entries: number;
  readonly commands: number;
  readonly asked: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly replicasCompared: number;
  readonly booksCompared: number;
  readonly starts: number;
  readonly snapshots: number;
}

/** How long the venue may take to be opened. */
const openingMsMax = 60_000;
/**
 * How long what is in flight may take to end once all is healed. Less than the 20 s for which a
 * client is patient, so that nothing ends by being given up; more than an election of 9 s, and 5 s
 * until the next attempt of whoever waited longest.
 */
const livenessMsMax = 19_000;
const auditEveryMs = 5000;
/** How long a node that is left alone may take until it serves: many times what silence takes. */
const aloneMsMax = 10_000;
const lookEveryMs = 500;
/** After its time, and that of all clocks, something that is due has happened for so long. */
const overdueMsMax = 30_000;

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #world: SimWorld;
  readonly #cluster: SimCluster;
  readonly #oracle: LogOracle;
  readonly #history = new OrderHistory();
  readonly #office: BackOffice;
  readonly #workload: TradingWorkload;
  readonly #swarm: Swarm;
  /** In worlds where accounts and books move. */
  readonly #mover: ActorMover | undefined;
  /** In worlds where engine nodes come and go. */
  readonly #nodeChanges: NodeChanges | undefined;
  readonly #replicas: ReplicaChecker;
  readonly #watchers: BookWatcher[] = [];
  readonly #isUpgraded: boolean;
  #isUpgradeOver = false;
  #snapshots = 0;
  #restMs = 0;
  #fault: unknown;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const chance = new Chance(options.seed).branch("world");
    const shards = 1 + chance.below(3);
    const world = new SimWorld(chance, shards);
    this.#world = world;
    const setup = chance.branch("setup");
    // Some worlds begin with the release before, and are upgraded amid all else.
    this.#isUpgraded = setup.happens(0.3);
    this.#cluster = new SimCluster(world, {
      engines: 3,
      gateways: 2,
      snapshotEveryEntries: chance.pick([20, 60, 200]),
      emission: setup.happens(0.25) ? "all" : "chosen",
      logicMax: this.#isUpgraded ? newestLogic - 1 : newestLogic,
      report: (machine, event) => this.#hear(machine, event),
    });
    if (options.keepTrace === true) world.trace.keepLines();
    this.#oracle = new LogOracle({ shards, areBooksRefereed: true });
    for (const [shard, log] of world.logs.entries()) {
      log.onEntry((entry) => this.#oracle.apply(shard, entry));
    }
    this.#office = new BackOffice(world);
    const pauseMs = chance.pick([10, 30, 100, 300]);
    const [office, history] = [this.#office, this.#history];
    this.#workload = new TradingWorkload(world, { office, history, pauseMs });
    this.#swarm = new Swarm(this.#cluster);
    this.#replicas = new ReplicaChecker(this.#oracle);
    const [moves, nodes] = [chance.branch("moves"), chance.branch("nodes")];
    if (shards > 1 && moves.happens(0.4)) {
      this.#mover = new ActorMover(world, { office, oracle: this.#oracle, chance: moves });
    }
    if (nodes.happens(0.3)) this.#nodeChanges = new NodeChanges(this.#cluster, nodes);
  }

  /** All that happened, as text, if it was to be kept. */
  get traceLines(): readonly string[] {
    return this.#world.trace.lines;
  }

  async run(): Promise<SimulationResult> {
    const startedMs = performance.now();
    const cpuBefore = process.cpuUsage();
    let failure: SimulationResult["failure"];
    try {
      await this.#live();
    } catch (error) {
      failure = described(error);
    } finally {
      for (const watcher of this.#watchers) watcher.close();
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    return this.#result(failure, {
      realMs: performance.now() - startedMs,
      cpuMs: (user + system) / 1000,
    });
  }

  async #live(): Promise<void> {
    this.#cluster.start();
    await this.#until("the venue was not opened", openingMsMax, this.#workload.open());
    this.#watch();
    this.#workload.begin();
    this.#swarm.rage();
    if (this.#isUpgraded) this.#upgradeLater();
    this.#mover?.begin();
    this.#nodeChanges?.begin();
    await this.#pass(this.#options.rageMs);
    this.#swarm.calm();
    this.#heal();
    this.#workload.end();
    this.#mover?.end();
    this.#nodeChanges?.end();
    await this.#comeToRest();
    await this.#goOnWithOne();
    this.#history.check(this.#oracle);
    audited("settled", () => assertSettled(this.#oracle));
  }

  #watch(): void {
    for (const { terms } of this.#oracle.first.answer("instruments", {})) {
      this.#watchers.push(new BookWatcher(this.#world, terms.symbol, this.#oracle));
    }
  }

  /** At some moment in the first half. */
  #upgradeLater(): void {
    const { chance, time } = this.#world;
    const waitMs = chance.branch("upgrade").between(0, this.#options.rageMs / 2);
    const cluster = this.#cluster;
    time.after(waitMs, () => {
      const upgraded = cluster.operator.upgrade(() => cluster.engines, newestLogic);
      void upgraded.then(() => (this.#isUpgradeOver = true));
    });
  }

  #heal(): void {
    const { network, servers } = this.#world;
    network.joinAll();
    for (const name of servers.names) if (!servers.isUp(name)) servers.start(name);
    const { machines, engines, operator } = this.#cluster;
    for (const machine of machines) machine.letRun();
    void operator.undrain(engines);
  }

  /** All in flight ends, all replicas are at the end of their logs, all books are current. */
  async #comeToRest(): Promise<void> {
    const healedAtMs = this.#world.time.nowMs;
    const deadlineMs = healedAtMs + livenessMsMax;
    let restedAt = "";
    for (;;) {
      const heads = this.#oracle.shards.map((_, shard) => this.#oracle.head(shard)).join();
      const unrest = this.#unrest();
      if (unrest === "") this.#restMs = this.#world.time.nowMs - healedAtMs;
      if (unrest === "" && heads === restedAt) return;
      restedAt = unrest === "" ? heads : "";
      if (this.#world.time.nowMs > deadlineMs) {
        throw new PromiseBroken("liveness", unrest || "the logs do not come to rest");
      }
      await this.#pass(1500);
    }
  }

  /** Whichever node is left serves everything, whatever it has been through. */
  async #goOnWithOne(): Promise<void> {
    const { engines, removed } = this.#cluster;
    const last = this.#world.chance.branch("last").pick(engines);
    for (const engine of [...engines, ...removed]) if (engine !== last) engine.holdDown();
    const asked = this.#office.asksAll();
    await this.#until(`${last.name} alone does not answer`, aloneMsMax, asked);
    const emits = (): boolean =>
      last.node?.status().replicas.every(({ isEmitter }) => isEmitter) ?? false;
    const untilMs = this.#world.time.nowMs + aloneMsMax;
    while (!emits() && this.#world.time.nowMs < untilMs) await this.#pass(lookEveryMs);
    if (!emits()) throw new PromiseBroken("liveness", `${last.name} alone does not emit all`);
    // What fell due meanwhile, as an auction, comes to its end in all shards.
    while (this.#oracle.owed() !== "" && this.#world.time.nowMs < untilMs) {
      await this.#pass(lookEveryMs);
    }
    const owed = this.#oracle.owed();
    if (owed !== "") throw new PromiseBroken("liveness", `${last.name} alone leaves: ${owed}`);
  }

  /** What has not come to its end; "" when all has. */
  #unrest(): string {
    const unrest: string[] = [];
    const { openCount } = this.#history;
    if (openCount > 0) unrest.push(`${String(openCount)} orders have no answer`);
    if (this.#isUpgraded && !this.#isUpgradeOver) unrest.push("the upgrade is not over");
    if (this.#oracle.shards.some(({ logic }) => logic !== newestLogic)) {
      unrest.push("not all shards go by the newest logic");
    }
    if (this.#office.underWay > 0) unrest.push("the back office waits");
    const { moving } = this.#oracle;
    if (moving !== "") unrest.push(`${moving} is on its way`);
    if (this.#nodeChanges?.isUnderWay === true) unrest.push("a node is being added or removed");
    unrest.push(...this.#miscounted());
    for (const { name, node } of this.#cluster.engines) {
      const { isDrained = false, replicas = [] } = node?.status() ?? {};
      if (isDrained) unrest.push(`${name} is drained`);
      for (const { shard, phase, appliedSequence } of replicas) {
        const isServing = phase === "following" || phase === "emitting";
        if (isServing && appliedSequence === this.#oracle.head(shard)) continue;
        unrest.push(`${name} is ${phase} at ${String(appliedSequence)} of shard ${String(shard)}`);
      }
      if (node === undefined) unrest.push(`${name} does not run`);
    }
    for (const { shard, nextDueUs } of this.#oracle.shards) {
      // By the worst of the clocks that the log's time may be from.
      const overdueMs = this.#world.time.nowMs - (nextDueUs ?? Infinity) / 1000;
      if (overdueMs > overdueMsMax) unrest.push(`something is overdue in shard ${String(shard)}`);
    }
    for (const { symbol, isCurrent } of this.#watchers) {
      if (!isCurrent) unrest.push(`the book of ${symbol} is behind`);
    }
    // Looked for only when nothing else is missing: it takes a look at whole shards.
    return unrest.length === 0 ? this.#oracle.owed() : unrest.join(", ");
  }

  /** Logs that count other nodes than those that there are. */
  #miscounted(): readonly string[] {
    const there = this.#cluster.engines.map(({ name }) => name).sort();
    return this.#oracle.shards.flatMap(({ shard, nodes }) => {
      const counted = nodes.names.toSorted();
      if (nodes.epoch === 0 || counted.join() === there.join()) return [];
      return [`shard ${String(shard)} counts ${counted.join()} where ${there.join()} are`];
    });
  }

  async #pass(ms: number): Promise<void> {
    const { time } = this.#world;
    const untilMs = time.nowMs + ms;
    while (time.nowMs < untilMs) {
      await time.run(Math.min(untilMs, time.nowMs + auditEveryMs), () => this.#look());
      if (this.#fault !== undefined) throw this.#fault as Error;
      audited("always", () => assertAlways(this.#oracle));
    }
  }

  async #until(what: string, limitMs: number, done: Promise<void>): Promise<void> {
    let isDone = false;
    void done.then(() => (isDone = true));
    const { time } = this.#world;
    await time.run(time.nowMs + limitMs, () => this.#look() || isDone);
    if (this.#fault !== undefined) throw this.#fault as Error;
    if (!isDone) throw new PromiseBroken("liveness", what);
  }

  /** After every turn. Says whether it is over already. */
  #look(): boolean {
    const { engines, removed } = this.#cluster;
    this.#replicas.check(engines);
    this.#replicas.check(removed);
    return this.#fault !== undefined;
  }

  #hear(machine: string, event: ReplicaReport): void {
    if (event.kind === "snapshot") this.#snapshots += 1;
    if (event.kind === "phase") {
      this.#world.tell(`${machine}/${String(event.shard)} ${event.phase}`);
    }
    // As if nobody had caught it.
    if (event.kind === "violated") this.#fault ??= event.fault.violation;
    if (event.kind === "diverged") {
      const at = `entry ${String(event.sequence)} of shard ${String(event.shard)}`;
      this.#fault ??= new PromiseBroken("history", `${machine} diverged at ${at}`);
    }
  }

  #result(
    failure: SimulationResult["failure"],
    took: Pick<SimulationResult, "realMs" | "cpuMs">,
  ): SimulationResult {
    const { time, trace } = this.#world;
    const endings: Record<string, number> = {};
    for (const { ending } of this.#history.asked) {
      const name = ending === undefined ? "open" : ending.kind;
      endings[name] = (endings[name] ?? 0) + 1;
    }
    return {
      seed: this.#options.seed,
      failure,
      trace: trace.hex,
      virtualMs: time.elapsedMs,
      restMs: this.#restMs,
      ...took,
      turns: time.turns,
      shards: this.#oracle.shards.length,
      moves: this.#oracle.moveCount,
      nodeChanges: this.#oracle.nodeChangeCount,
      entries: this.#oracle.entryCount,
      commands: this.#oracle.commandCount,
      asked: this.#workload.sent,
      endings,
      faults: Object.fromEntries(this.#swarm.counts),
      verdicts: this.#oracle.verdicts,
      replicasCompared: this.#replicas.compared,
      booksCompared: this.#watchers.reduce((sum, { compared }) => sum + compared, 0),
      starts: this.#cluster.machines.reduce((sum, { starts }) => sum + starts, 0),
      snapshots: this.#snapshots,
    };
  }
}

function audited(moment: string, audit: () => void): void {
  try {
    audit();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "BrokenInvariants") throw error;
    throw new PromiseBroken("money", `${moment}: ${error.message}`);
  }
}

function described(error: unknown): NonNullable<SimulationResult["failure"]> {
  if (!(error instanceof Error)) return { promise: "defect", message: String(error), stack: "" };
  const promise = error instanceof PromiseBroken ? error.promise : "defect";
  return { promise, message: error.message, stack: error.stack ?? "" };
}
