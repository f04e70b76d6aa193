/**
 * Entries that a server altered or lost, on a log in memory of which three servers have a copy
 * each; tails and reads are served by the first of them.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { encodeFrame } from "../protocols/index.ts";
import { CheckedLog } from "./checked-log.ts";
import { EntryMissing, LogUnavailable } from "./faults.ts";
import type { ClusterFault } from "./faults.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import type {
  AppendReceipt,
  EntryCopies,
  LogEntry,
  ReadLimits,
  ReplicatedLog,
  Tail,
  TailListener,
} from "./replicated-log.ts";
import { ManualClock } from "./testing/manual-clock.ts";

type Damage = (entry: LogEntry) => LogEntry | undefined;

class ServersLog implements ReplicatedLog {
  readonly name = "LOG_0_1";
  readonly storage = new MemoryLogStorage({ name: this.name });
  /** What each server makes of an entry. */
  readonly damage: Damage[] = [sound, sound, sound];
  isDown = [false, false, false];
  asked = 0;

  append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    return this.storage.open().append(producer, payload);
  }

  onCut(listener: (last: number) => void): () => void {
    return this.storage.open().onCut(listener);
  }

  async head(): Promise<number> {
    return this.storage.head;
  }

  async first(): Promise<number> {
    return this.storage.first;
  }

  async read(from: number, { entriesMax }: ReadLimits): Promise<readonly LogEntry[]> {
    const given: LogEntry[] = [];
    for (const entry of this.storage.slice(from, entriesMax)) {
      const seen = this.damage[0]?.(entry);
      if (seen === undefined) break;
      given.push(seen);
    }
    if (given.length === 0 && from <= this.storage.head) throw new EntryMissing(this.name, from);
    return given;
  }

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    const tail = this.storage.open().tail(from, (entries) => {
      const given: LogEntry[] = [];
      for (const entry of entries) {
        const seen = this.damage[0]?.(entry);
        if (seen !== undefined) {
          given.push(seen);
          continue;
        }
        if (given.length > 0) listener(given);
        void tail.close();
        onFault?.(new EntryMissing(this.name, entry.sequence));
        return;
      }
      listener(given);
    });
    return tail;
  }

  async copies(sequence: number): Promise<EntryCopies> {
    this.asked += 1;
    const [entry] = this.storage.slice(sequence, 1);
    if (entry === undefined) throw new LogUnavailable(this.name, "no leader");
    const answers = this.damage.flatMap((damage, index) =>
      this.isDown[index] === true
        ? []
        : [{ server: `n${String(index + 1)}`, entry: damage(entry) }],
    );
    return { isComplete: !this.isDown.includes(true), answers };
  }

  async close(): Promise<void> {
    // Nothing to end.
  }
}

const sound: Damage = (entry) => entry;
const lost =
  (...sequences: number[]): Damage =>
  (entry) =>
    sequences.includes(entry.sequence) ? undefined : entry;
const flipped =
  (at: number, ...sequences: number[]): Damage =>
  (entry) => {
    if (!sequences.includes(entry.sequence)) return entry;
    const payload = entry.payload.slice();
    payload[at] = (payload[at] ?? 0) ^ 0x40;
    return { ...entry, payload };
  };

let log: ServersLog;
let clock: ManualClock;
let faults: ClusterFault[];
let checked: CheckedLog;

beforeEach(() => {
  log = new ServersLog();
  clock = new ManualClock();
  faults = [];
  checked = new CheckedLog(log, { clock, onFault: (fault) => void faults.push(fault) });
  for (let frame = 1; frame <= 10; frame++) {
    const messages = [{ kind: "checkpoint", label: `c-${String(frame)}` } as const];
    log.storage.store("gw-1", encodeFrame({ producer: "gw-1", epoch: 1, frame, messages }));
  }
});

/** What a tail hands over until nothing more happens. */
async function tailed(
  from = 1,
): Promise<{ entries: LogEntry[]; ended: ClusterFault[]; tail: Tail }> {
  const entries: LogEntry[] = [];
  const ended: ClusterFault[] = [];
  const tail = checked.tail(
    from,
    (more) => entries.push(...more),
    (fault) => void ended.push(fault),
  );
  for (let round = 0; round < 20; round++) await clock.advanceAndSettle(0);
  return { entries, ended, tail };
}

const appended = () => log.storage.slice(1, 1000);
const messages = () => faults.map(({ message }) => message);

describe("a tail of a checked log", () => {
  it("hands on what is sound, and asks nobody", async () => {
    const { entries, tail } = await tailed();
    expect(entries).toEqual(appended());
    expect(tail.position).toBe(10);
    expect([tail.source, log.asked]).toEqual(["live", 0]);
    await tail.close();
    expect(tail.source).toBe("stopped");
  });

  it.each([0, 1, 5, 12, 22])(
    "refuses an entry of which byte %i was altered, and takes another server's",
    async (at) => {
      log.damage[0] = flipped(at, 4, 5, 9);
      const { entries, ended, tail } = await tailed();
      expect(entries).toEqual(appended());
      expect(ended).toEqual([]);
      expect(messages()).toEqual(
        [4, 5, 9].map((n) => `entry ${String(n)} of log LOG_0_1 was refused: n1 has it altered`),
      );
      expect(tail.restarts).toBe(3);
    },
  );

  it("refuses an entry that bears another producer's name than its subject", async () => {
    log.damage[0] = (entry) => (entry.sequence === 3 ? { ...entry, producer: "gw-2" } : entry);
    expect((await tailed()).entries).toEqual(appended());
    expect(messages()).toEqual(["entry 3 of log LOG_0_1 was refused: n1 has it altered"]);
  });

  it("gets what one server has lost from another", async () => {
    log.damage[0] = lost(1, 6, 10);
    log.damage[1] = lost(6);
    expect((await tailed()).entries).toEqual(appended());
    expect(messages()[1]).toBe("entry 6 of log LOG_0_1 was refused: n1 lacks it, n2 lacks it");
  });

  it("goes on with what comes later", async () => {
    log.damage[0] = flipped(12, 10);
    const { entries, tail } = await tailed();
    log.storage.store("gw-1", appended()[0]?.payload ?? new Uint8Array());
    for (let round = 0; round < 5; round++) await clock.advanceAndSettle(0);
    expect(entries.length).toBe(11);
    expect(tail.position).toBe(11);
  });

  it("ends when the servers contradict one another and none has it whole", async () => {
    log.damage[0] = flipped(20, 7);
    log.damage[1] = flipped(21, 7);
    log.damage[2] = lost(7);
    const { entries, ended } = await tailed();
    expect(entries).toEqual(appended().slice(0, 6));
    expect(ended).toMatchObject([{ code: "entry-damaged", sequence: 7, disposition: "fatal" }]);
  });

  it("hands on what all servers agree on although it is no frame: that was appended", async () => {
    log.storage.store("gw-9", new Uint8Array([1, 2, 3]));
    log.damage[1] = lost(11);
    const { entries } = await tailed();
    expect(entries).toEqual(appended());
    expect(messages()).toEqual([
      "entry 11 of log LOG_0_1 was refused: no server has a frame there",
    ]);
  });

  it("hands on the seal of a generation, and asks nobody", async () => {
    log.storage.seal();
    const { entries } = await tailed();
    expect(entries).toEqual(appended());
    expect([entries.at(-1)?.producer, log.asked, faults]).toEqual(["_seal", 0, []]);
  });

  it.each<Damage>([
    (entry) => ({ ...entry, payload: new Uint8Array([1]) }),
    (entry) => ({ ...entry, producer: "gw-1" }),
  ])("refuses a seal that was altered, and takes another server's", async (alter) => {
    log.storage.seal();
    log.damage[0] = (entry) => (entry.sequence === 11 ? alter(entry) : entry);
    expect((await tailed()).entries).toEqual(appended());
    expect(messages()).toEqual(["entry 11 of log LOG_0_1 was refused: n1 has it altered"]);
  });

  it("waits while too few servers answer to tell, and says so once", async () => {
    log.damage[0] = flipped(20, 2);
    log.isDown = [false, true, true];
    const { entries, ended } = await tailed();
    await clock.advanceAndSettle(5000);
    expect([entries.length, ended.length, faults.length]).toEqual([1, 0, 1]);
    log.isDown[1] = false;
    await clock.advanceAndSettle(5000);
    for (let round = 0; round < 10; round++) await clock.advanceAndSettle(0);
    expect(entries).toEqual(appended());
  });

  it("hands nothing over when it was closed meanwhile", async () => {
    log.damage[0] = flipped(20, 2);
    const entries: LogEntry[] = [];
    const tail = checked.tail(1, (more) => entries.push(...more));
    await Promise.resolve();
    await tail.close();
    for (let round = 0; round < 10; round++) await clock.advanceAndSettle(0);
    expect(entries.length).toBeLessThanOrEqual(1);
  });
});

describe("reading a checked log", () => {
  it("gives what is sound, and in the place of what is not another server's", async () => {
    log.damage[0] = flipped(20, 4);
    expect(await checked.read(1, { entriesMax: 100 })).toEqual(appended().slice(0, 3));
    expect(await checked.read(4, { entriesMax: 100 })).toEqual(appended().slice(3, 4));
    log.damage[0] = lost(4);
    expect(await checked.read(4, { entriesMax: 100 })).toEqual(appended().slice(3, 4));
  });

  it("fails where no server has it whole", async () => {
    for (const index of [0, 1, 2]) log.damage[index] = lost(4);
    await expect(checked.read(4, { entriesMax: 1 })).rejects.toMatchObject({
      code: "entry-damaged",
    });
  });
});
