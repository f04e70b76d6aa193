/**
 * A day of everything that a venue does, decided by one seed: orders of every kind, covered or not,
 * in goods and in contracts, under fee schedules, limits of risk and settlement cycles that change,
 * money that comes and goes with its approvals, actors that move, shards that are added, snapshots
 * that are gone back to, and time.
 *
 * Whoever brings a new kind of business adds it to the list of what may happen.
 */
import { pack, unpack } from "../../protocols/index.ts";
import type { Command, RiskScope, TimeUs } from "../../protocols/index.ts";
import { Shard } from "../shard/shard.ts";
import type { SavedShard } from "../shard/shard.ts";
import { ContractWork } from "./contract-work.ts";
import { CustodyWork } from "./custody-work.ts";
import { assertMoney, BrokenInvariants } from "./invariants.ts";
import { Random } from "./random.ts";
import type { TestVenue } from "./test-venue.ts";
import {
  cycleCommand,
  depositCommand,
  feeCommand,
  grow,
  openPauper,
  openVenue,
  permissionCommand,
  relocation,
  riskCommand,
  traders,
  uncoveredOrNot,
  withContracts,
  workloadOf,
} from "./trading-day.ts";
import type { Workload } from "./workload.ts";

interface Happening {
  /** Of a thousand moves. */
  readonly often: number;
  readonly happen: () => void;
}

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;
const shardsMax = 5;
const ordersAtOnceMax = 64;
const contractsAtOnceMax = 24;
/** Of limit orders. */
const uncoveredPercent = 3;
const framesUnderWayMax = 24;
/** Under more of them at a time, nobody would trade any more. */
const limitsMax = 2;

export class ExchangeDay {
  readonly venue: TestVenue;
  readonly #random: Random;
  readonly #workload: Workload;
  readonly #custody: CustodyWork;
  readonly #contracts: ContractWork;
  readonly #openedUs: TimeUs;
  /** Of which there are limits, the oldest first. */
  readonly #limited: RiskScope[] = [];
  readonly #happenings: readonly Happening[] = [
    { often: 200, happen: () => this.#bringAndTake() },
    { often: 20, happen: () => this.venue.send(depositCommand(this.#random)) },
    { often: 15, happen: () => this.venue.send(feeCommand(this.#random)) },
    { often: 15, happen: () => this.#limit() },
    { often: 10, happen: () => this.venue.send(cycleCommand(this.#random)) },
    { often: 8, happen: () => this.venue.send(permissionCommand(this.#random)) },
    { often: 60, happen: () => this.#tradeContracts() },
    { often: 16, happen: () => this.#letHoursPass() },
    { often: 10, happen: () => this.venue.send(this.#relocation()) },
    { often: 1, happen: () => this.#grow() },
    { often: 20, happen: () => this.#deliverAgain() },
    { often: 10, happen: () => this.#sendLate() },
  ];

  constructor(seed: number, shards: number) {
    this.#random = new Random(seed);
    this.venue = openVenue(shards);
    this.#openedUs = this.venue.timeUs;
    this.#workload = workloadOf(this.#random, this.venue);
    this.#custody = new CustodyWork(this.#random, this.venue, traders);
    this.#contracts = new ContractWork(this.#random, this.venue, traders);
    openPauper(this.venue);
  }

  /** How many commands were sent and counted. */
  get commandCount(): number {
    return this.venue.commands.length;
  }

  /** One thing happens, or some orders are sent; then some frames arrive. */
  move(): void {
    let draw = this.#random.below(1000);
    const happening = this.#happenings.find(({ often }) => (draw -= often) < 0);
    if (happening === undefined) this.#sendOrders();
    else happening.happen();
    this.#deliverSome();
  }

  #sendOrders(): void {
    const count = 1 + this.#random.below(ordersAtOnceMax);
    this.venue.timeUs += this.#random.below(1_000_000);
    const next = () => uncoveredOrNot(this.#random, this.#workload.next(), uncoveredPercent);
    this.venue.sendAll(Array.from({ length: count }, next));
  }

  /** One after the other: at times some minutes pass between two. */
  #tradeContracts(): void {
    for (let left = this.#random.below(contractsAtOnceMax); left >= 0; left--) {
      this.venue.send(this.#contracts.next());
    }
  }

  #bringAndTake(): void {
    for (let left = this.#random.below(5); left >= 0; left--) {
      this.venue.timeUs += this.#random.below(1_000_000);
      this.venue.send(this.#custody.next());
    }
  }

  #limit(): void {
    const [oldest] = this.#limited;
    if (this.#limited.length > limitsMax && oldest !== undefined) {
      this.#limited.shift();
      const why = { author: "ops", reason: "over" };
      this.venue.send({ kind: "set-risk-limits", scope: oldest, limits: {}, ...why });
      return;
    }
    const command = riskCommand(this.#random, withContracts);
    if (command.kind === "set-risk-limits") this.#limited.push(command.scope);
    this.venue.send(command);
  }

  /** To the hour at which the venue was opened, or any: cut-offs and the lives of orders go by. */
  #letHoursPass(): void {
    const { timeUs } = this.venue;
    const isOvernight = this.#random.isOneOf(60);
    const tomorrowUs = timeUs + dayUs - ((timeUs - this.#openedUs) % dayUs);
    this.venue.timeUs = isOvernight ? tomorrowUs : timeUs + this.#random.below(30) * hourUs;
    for (const { shard } of this.venue.shards) {
      this.venue.append(shard, "node-e1", [{ kind: "tick" }]);
    }
  }

  #relocation(): Command {
    return relocation(this.#random, this.venue.shards.length);
  }

  #grow(): void {
    if (this.venue.shards.length < shardsMax) grow(this.venue);
  }

  #deliverAgain(): void {
    this.venue.deliverAgain((count) => this.#random.below(Math.max(count, 1)));
  }

  #sendLate(): void {
    const command = this.#workload.next();
    this.venue.appendLate(this.venue.homeOf(command), "gw", [command]);
  }

  /** More of them when many are under way, in any order between pairs of shards. */
  #deliverSome(): void {
    for (let underWay = this.venue.underWay; underWay.length > 0; underWay = this.venue.underWay) {
      const waiting = underWay.reduce((sum, { frames, delivered }) => {
        return sum + frames.length - delivered;
      }, 0);
      if (waiting < framesUnderWayMax && this.#random.isOneOf(30)) return;
      this.venue.deliver(this.#random.pick(underWay));
    }
  }

  /** Brings everything to rest, and holds all money to what it must be. */
  sumUp(): void {
    this.venue.drain();
    assertMoney(this.venue);
  }

  /** And has every shard audited, and go on from a snapshot of itself, which must be as it was. */
  goOnFromSnapshots(): void {
    this.sumUp();
    this.venue.shards.forEach((shard, index) => {
      shard.audit();
      const saved = pack(shard.snapshot());
      const restored = Shard.restore(unpack(saved) as SavedShard);
      if (Buffer.compare(pack(restored.snapshot()), saved) !== 0) {
        throw new BrokenInvariants(`shard ${String(index)} is restored as another`);
      }
      this.venue.shards[index] = restored;
    });
  }
}
