/**
 * Several nodes' disputes, joined by a line on which everyone hears everyone's testimony.
 */
import { describe, expect, it } from "vitest";
import { Disputes } from "./disputes.ts";

const nodes = ["e1", "e2", "e3"];
const hash = (value: number) => new Uint8Array(32).fill(value);

interface Party {
  readonly disputes: Disputes;
  readonly lost: number[];
  readonly won: [number, readonly string[]][];
  /** What it computed, by sequence. */
  readonly computed: Map<number, number>;
}

class Court {
  readonly parties = new Map<string, Party>();
  testimonies = 0;
  readonly #silent: ReadonlySet<string>;
  readonly #line: (() => void)[] = [];

  constructor(silent: readonly string[] = []) {
    this.#silent = new Set(silent);
    for (const node of nodes) this.parties.set(node, this.#partyOf(node));
  }

  /** Each node computes its own value for that step. */
  compute(sequence: number, values: readonly number[]): void {
    for (const [index, node] of nodes.entries()) {
      const value = values[index];
      if (value === undefined) continue;
      this.#of(node).computed.set(sequence, value);
      this.#of(node).disputes.computed(sequence, hash(value));
    }
    this.#settle();
  }

  /** All but itself hear what a node says of a step. */
  say(by: string, sequence: number, value: number): void {
    for (const node of nodes) {
      const { computed, disputes } = this.#of(node);
      const own = computed.get(sequence);
      if (node === by || own === undefined || own === value || this.#silent.has(node)) continue;
      disputes.differed({ sequence, by, expected: hash(value), computed: hash(own) });
    }
    this.#settle();
  }

  turn(ms: number, emitter: string): void {
    for (const [node, { disputes }] of this.parties) disputes.turn(ms, node === emitter);
  }

  lost(): readonly (readonly number[])[] {
    return nodes.map((node) => this.#of(node).lost);
  }

  #partyOf(node: string): Party {
    const lost: number[] = [];
    const won: [number, readonly string[]][] = [];
    const disputes = new Disputes({
      node,
      nodes: () => nodes,
      testify: (sequence, own) => {
        this.testimonies += 1;
        this.#line.push(() => this.#hear(node, sequence, own));
      },
      lost: ({ sequence }) => lost.push(sequence),
      won: (sequence, wrong) => won.push([sequence, wrong]),
    });
    return { disputes, lost, won, computed: new Map() };
  }

  #hear(by: string, sequence: number, testimony: Uint8Array): void {
    for (const [node, { disputes, computed }] of this.parties) {
      if (node === by || this.#silent.has(node)) continue;
      disputes.testified(by, sequence, testimony);
      const own = computed.get(sequence);
      if (own !== undefined) disputes.computed(sequence, hash(own));
    }
  }

  #settle(): void {
    for (let deliver = this.#line.shift(); deliver; deliver = this.#line.shift()) deliver();
    expect(this.testimonies).toBeLessThan(1000);
  }

  #of(node: string): Party {
    const party = this.parties.get(node);
    if (party === undefined) throw new Error("no such node");
    return party;
  }
}

describe("a dispute among three", () => {
  it("is lost by the one that computed something else than the other two", () => {
    for (const [wrong, node] of nodes.entries()) {
      const court = new Court();
      const values = nodes.map((_, index) => (index === wrong ? 9 : 1));
      court.compute(5, values);
      court.say("e1", 5, values[0] ?? 0);
      expect(court.lost(), node).toEqual(nodes.map((_, index) => (index === wrong ? [5] : [])));
      const right = court.parties.get(nodes[(wrong + 1) % 3] ?? "");
      expect(right?.won).toEqual([[5, [node]]]);
      expect(right?.disputes.isWrong(node)).toBe(true);
      expect(court.testimonies).toBe(3);
    }
  });

  it("is decided by the third as soon as it has got there", () => {
    const court = new Court();
    court.compute(5, [9, 1]);
    court.say("e1", 5, 9);
    expect(court.lost()).toEqual([[], [], []]);
    court.compute(5, [9, 1, 1]);
    expect(court.lost()).toEqual([[5], [], []]);
  });

  it("leaves the emitter in charge when nobody else can tell", () => {
    const court = new Court(["e3"]);
    court.compute(5, [9, 1]);
    court.say("e1", 5, 9);
    court.turn(499, "e1");
    expect(court.lost()).toEqual([[], [], []]);
    court.turn(1, "e1");
    expect(court.lost()).toEqual([[], [5], []]);
    court.turn(1000, "e1");
    expect(court.lost()).toEqual([[], [5], []]);
  });

  it("leaves the emitter in charge when all three differ", () => {
    const court = new Court();
    court.compute(5, [7, 8, 9]);
    court.say("e1", 5, 7);
    court.turn(500, "e1");
    expect(court.lost()).toEqual([[], [5], [5]]);
  });

  it("is not opened again by what a node that was found wrong goes on to say", () => {
    const court = new Court();
    court.compute(5, [9, 1, 1]);
    court.say("e1", 5, 9);
    const { testimonies } = court;
    court.compute(6, [9, 1, 1]);
    court.say("e1", 6, 9);
    expect(court.testimonies).toBe(testimonies);
  });

  it("can be had again with a node that was rebuilt", () => {
    const court = new Court();
    court.compute(5, [1, 1, 9]);
    court.say("e1", 5, 1);
    const disputes = court.parties.get("e1")?.disputes;
    expect(disputes?.isWrong("e3")).toBe(true);
    disputes?.agreed("e3");
    expect(disputes?.isWrong("e3")).toBe(false);
  });

  it("is one of a few at a time, however many steps differ", () => {
    const court = new Court(["e3"]);
    for (let sequence = 1; sequence <= 100; sequence++) {
      court.compute(sequence, [9, 1]);
      court.say("e1", sequence, 9);
    }
    expect(court.testimonies).toBe(32);
    court.turn(500, "e1");
    expect(court.lost()).toEqual([[], [1], []]);
  });
});
