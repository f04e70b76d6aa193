/**
 * A long day on a venue of some shards for a golden log, decided by one seed: trading of every kind
 * on instruments of every kind, and what administrators, nodes and broken producers add to it.
 *
 * Chance is drawn from the entries as replicas draw it, so that replicas may replay these logs.
 */
import type {
  InstrumentTerms,
  LogicVersion,
  KillScope as Scope,
  Message,
  ProducerId,
} from "../../protocols/index.ts";
import { encodeFrame, KillScope, shardOfMessage } from "../../protocols/index.ts";
import { Approvers } from "../../actors/testing/approving.ts";
import { apples, instruments } from "../../actors/testing/instruments.ts";
import { tradingTermsIn } from "../../actors/testing/instrument-words.ts";
import { Random } from "../../actors/testing/random.ts";
import type { NotesOn, TestVenue } from "../../actors/testing/test-venue.ts";
import {
  feeCommand,
  grow,
  openVenue,
  related,
  relocation,
  traders,
} from "../../actors/testing/trading-day.ts";
import { Workload } from "../../actors/testing/workload.ts";
import type { LogEntry } from "../replicated-log.ts";
import { ChanceOfEntries } from "./chance-of-entries.ts";

export interface GoldenDayOptions {
  readonly seed: number;
  readonly shards: number;
  readonly moves: number;
  /** By which logic the logs begin. */
  readonly logic: LogicVersion;
  /** By which they end: the next ones are activated in the course of the day. */
  readonly logicAtEnd: LogicVersion;
  /** What is noted on the frames of gateways; nothing unless told. */
  readonly notesOn?: NotesOn;
}

/** The logs of such a day, by shard. */
export function logsOfGoldenDay(options: GoldenDayOptions): readonly (readonly LogEntry[])[] {
  const day = new GoldenDay(options);
  for (let move = 0; move < options.moves; move++) day.move();
  return day.end();
}

const hourUs = 3_600_000_000;
const deliveryPercent = 60;

/** Listed while the others trade: after so many of a hundred moves. */
const plums: readonly { readonly afterPercent: number; readonly terms: InstrumentTerms }[] = [
  plum(
    1,
    "reference 50, bands 500 bp, window 20 s, limit state 2 s, pause 3 s, auction 4 s, random 2 s",
  ),
  plum(10, "reference 50, ticks 1 5@55, quantity 1 to 9, notional 10 to 500, collar 900 bp"),
  plum(40, "bands 800 bp, auction 3 s"),
  plum(
    70,
    "reference 50, bands 900 bp, auction 3 s, hours 00:01 preOpen 00:02 callOpening " +
      "00:03 open+5 23:50 callClosing 23:52 close",
  ),
];

function plum(
  afterPercent: number,
  words: string,
): { afterPercent: number; terms: InstrumentTerms } {
  const trading = tradingTermsIn(words);
  const symbol = `PLUM${String(afterPercent)}-COIN`;
  return { afterPercent, terms: { ...apples, symbol, base: "PEAR", trading } };
}

class GoldenDay {
  readonly #random: Random;
  readonly #venue: TestVenue;
  readonly #workload: Workload;
  readonly #thrown: { scope: Scope; target: string }[] = [];
  readonly #options: GoldenDayOptions;
  readonly #approvers = new Approvers();
  #moves = 0;

  constructor(options: GoldenDayOptions) {
    const { seed, shards } = options;
    this.#options = options;
    this.#random = new Random(seed);
    this.#venue = openVenue(shards, { ...options, chance: new ChanceOfEntries() });
    this.#workload = new Workload(this.#random, {
      accounts: traders,
      related,
      instruments: [...instruments, ...plums.map(({ terms }) => terms)],
      middle: 50,
      quantityMax: 12,
      haltPercent: 1,
      timeUs: () => this.#venue.timeUs,
    });
    this.#venue.do({
      kind: "set-market-breaker",
      symbol: "APPLE-COIN",
      levels: [
        { basisPoints: 700, haltSeconds: 4 },
        { basisPoints: 1300, haltSeconds: 0 },
      ],
      author: "ops",
      reason: "golden",
    });
  }

  move(): void {
    const [random, venue] = [this.#random, this.#venue];
    this.#moves += 1;
    this.#listWhatIsDue();
    this.#activateWhatIsDue();
    this.#sayNodesIfDue();
    this.#addShardIfDue();
    this.#approveIfDue();
    this.#setFeesIfDue();
    const { underWay } = venue;
    if (underWay.length > 0 && random.isOneOf(deliveryPercent)) {
      venue.deliver(random.pick(underWay));
      return;
    }
    venue.timeUs += random.below(random.isOneOf(60) ? 400_000 : 3_000_000);
    if (random.below(500) === 0) venue.timeUs += random.below(30) * hourUs;
    const dice = random.below(100);
    if (dice < 3) venue.deliverAgain((count) => random.below(Math.max(count, 1)));
    else if (dice < 6) this.#late();
    else if (dice < 8) this.#broken();
    else if (dice < 16) this.#administer();
    else if (dice < 20) this.#speakAsNode();
    else {
      const count = random.isOneOf(80) ? 1 : 1 + random.below(5);
      venue.sendAll(Array.from({ length: count }, () => this.#workload.next()));
    }
  }

  end(): readonly (readonly LogEntry[])[] {
    const venue = this.#venue;
    venue.drain();
    for (const { shard } of venue.shards) this.#node(shard, { kind: "checkpoint", label: "end" });
    return venue.logs.map((log) =>
      log.map(({ sequence, timeUs, producer, payload }) => {
        return { sequence, timeUs, producer, payload };
      }),
    );
  }

  #late(): void {
    const command = this.#workload.next();
    const shard = shardOfMessage(command, this.#venue.first.placement) ?? 0;
    this.#venue.appendLate(shard, "gw", [command]);
  }

  /** Frames that are out of turn, that somebody wrote in another's name, or that hold no frame. */
  #broken(): void {
    const [random, venue] = [this.#random, this.#venue];
    const shard = random.below(venue.shards.length);
    const messages: readonly Message[] = [this.#workload.next()];
    const frame = { producer: "gw", epoch: 1, frame: 1 + random.below(100_000) };
    const payload = encodeFrame({ ...frame, messages });
    const writer: ProducerId = random.isOneOf(30) ? "gw-2" : "gw";
    if (random.isOneOf(30)) payload[random.below(payload.length)]! ^= 0x55;
    venue.apply(shard, writer, payload);
  }

  #speakAsNode(): void {
    const [random, venue] = [this.#random, this.#venue];
    const shard = random.below(venue.shards.length);
    const { epoch } = venue.shards[shard]!.emitter;
    const said: readonly Message[] = [
      { kind: "tick" },
      { kind: "claim-emitter", node: random.pick(["e1", "e2"]), emitterEpoch: epoch },
      { kind: "checkpoint", label: `c${String(this.#moves)}` },
    ];
    this.#node(shard, random.pick(said));
  }

  #node(shard: number, message: Message): void {
    this.#venue.append(shard, "node-e1", [message]);
  }

  #administer(): void {
    const [random, venue] = [this.#random, this.#venue];
    const account = random.pick(traders);
    const { symbol } = random.pick(instruments);
    const at = `g${String(this.#moves)}`;
    // Logs of the first version are as they were drawn when there was no other.
    switch (random.below(venue.first.logic === 1 ? 5 : 8)) {
      case 0:
      case 1:
        venue.send({ kind: "publish-mark-price", symbol, price: 44 + random.below(13) });
        return;
      case 2:
        venue.send({ kind: "deposit", account, asset: "COIN", amount: 3000, reference: at });
        return;
      case 3:
        venue.send({ kind: "open-account", account: at, participant: random.pick(["", "acme"]) });
        return;
      case 5:
      case 6:
      case 7:
        venue.send(relocation(random, venue.shards.length));
        return;
      default:
        this.#kill(random.pick([KillScope.account, KillScope.symbol]), account, symbol);
    }
  }

  /** Arms a kill switch and throws it, or releases one that was thrown. */
  #kill(scope: Scope, account: string, symbol: string): void {
    const venue = this.#venue;
    const by = { author: "ops", reason: "golden" };
    const thrown = this.#thrown.pop();
    if (thrown !== undefined) {
      venue.send({ kind: "release-kill-switch", ...thrown, ...by });
      return;
    }
    const target = scope === KillScope.account ? account : symbol;
    const { detail } = venue.ask({ kind: "arm-kill-switch", scope, target, ...by }) as {
      detail: number;
    };
    venue.send({ kind: "confirm-kill-switch", number: detail, author: "ops" });
    this.#thrown.push({ scope, target });
  }

  /** The versions have like parts of the day. */
  #activateWhatIsDue(): void {
    const { moves, logic, logicAtEnd, shards } = this.#options;
    const versions = logicAtEnd - logic + 1;
    const version = logic + Math.floor((this.#moves * versions) / moves);
    for (let shard = 0; shard < shards; shard++) {
      const isDue = version <= logicAtEnd && version > this.#venue.shards[shard]!.logic;
      if (isDue) this.#node(shard, { kind: "activate-logic", version });
    }
  }

  /** Late in the day, likewise: asked for again while something moves. */
  #addShardIfDue(): void {
    const { moves, logicAtEnd, shards } = this.#options;
    const isDue = logicAtEnd >= 2 && this.#moves > moves * 0.85 && this.#moves % 20 === 0;
    if (isDue && this.#venue.first.shards === shards) grow(this.#venue);
  }

  /** Late in the day, now and then: what others have to approve, with and without that. */
  #approveIfDue(): void {
    const { moves, logicAtEnd } = this.#options;
    const isDue = logicAtEnd >= 3 && this.#moves > moves * 0.87 && this.#moves % 40 === 0;
    if (!isDue) return;
    const [venue, by] = [this.#venue, { author: "ann", reason: "golden" }];
    const approvals = ["ben", "cleo"].map((name) => {
      return this.#approvers.approval(name, venue.timeUs + hourUs);
    });
    const needed = (this.#moves / 40) % 3;
    const command = this.#moves % 240 < 120 ? "publish-mark-price" : "confirm-kill-switch";
    venue.send({ kind: "set-approval-policy", command, needed, ...by });
    venue.send({ kind: "set-approval-policy", command, needed, ...by, approvals });
    const mark = { kind: "publish-mark-price", symbol: "APPLE-COIN", price: 50, ...by } as const;
    venue.send(mark);
    const [ben] = approvals;
    for (let time = 0; time < 2; time++) venue.send({ ...mark, approvals: [ben!] });
  }

  /** Late in the day, now and then: what accounts pay, or others are given. */
  #setFeesIfDue(): void {
    const { moves, logicAtEnd } = this.#options;
    const isDue = logicAtEnd >= 3 && this.#moves > moves * 0.7 && this.#moves % 15 === 0;
    if (isDue) this.#venue.send(feeCommand(this.#random));
  }

  /** Late in the day, when every log goes by its last logic: one node fewer, and then another. */
  #sayNodesIfDue(): void {
    const { moves, logicAtEnd } = this.#options;
    const epoch = [0.8, 0.9].findIndex((part) => this.#moves === Math.ceil(part * moves));
    if (epoch === -1 || logicAtEnd < 2) return;
    const nodes = epoch === 0 ? ["e1", "e2"] : ["e2", "e3"];
    for (const { shard } of this.#venue.shards) {
      this.#node(shard, { kind: "set-nodes", nodes, nodesEpoch: epoch });
    }
  }

  #listWhatIsDue(): void {
    for (const { afterPercent, terms } of plums) {
      const isDue = this.#moves === Math.ceil((afterPercent * this.#options.moves) / 100);
      if (isDue) this.#venue.send({ kind: "list-instrument", terms });
    }
  }
}
