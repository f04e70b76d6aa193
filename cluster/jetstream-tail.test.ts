/**
 * What a tail says of itself: when it is live, and how often it had to catch up again.
 */
import { describe, expect, it } from "vitest";
import { defaultTailPolicy, JetStreamTail } from "./jetstream-tail.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";
import { calm, StreamModel } from "./testing/stream-model.ts";

/** Nobody has told the servers yet that somebody listens. */
const unheard = { ...calm, lost: 1 };

function openTail(): { clock: ManualClock; stream: StreamModel; tail: JetStreamTail } {
  const clock = new ManualClock();
  const stream = new StreamModel(clock, seededRandom(1));
  const tail = new JetStreamTail(stream, 1, {
    policy: defaultTailPolicy,
    listener: () => undefined,
    onFault: (fault) => expect.unreachable(fault.message),
    onEnd: () => undefined,
  });
  return { clock, stream, tail };
}

/** Stores entries that are missed, hints at them, and waits until the tail has read them. */
async function storeUnheard({ clock, stream, tail }: ReturnType<typeof openTail>): Promise<void> {
  stream.weather = unheard;
  stream.store();
  stream.store();
  tail.expect(stream.entries.length);
  await clock.advanceAndSettle(20);
  expect(tail.position).toBe(stream.entries.length);
}

describe("a tail's restarts", () => {
  it("there are none while the servers have yet to learn that it listens", async () => {
    const opened = openTail();
    for (let count = 0; count < 3; count += 1) await storeUnheard(opened);
    expect(opened.tail).toMatchObject({ source: "catching-up", restarts: 0 });
    opened.stream.weather = calm;
    opened.stream.store();
    await opened.clock.advanceAndSettle(5);
    expect(opened.tail).toMatchObject({ position: 7, source: "live", restarts: 0 });
  });

  it("what is missed around a line's return counts once, in however many pieces", async () => {
    const opened = openTail();
    const { clock, stream, tail } = opened;
    stream.store();
    await clock.advanceAndSettle(5);
    expect(tail.source).toBe("live");
    stream.comeBack();
    for (let count = 0; count < 3; count += 1) await storeUnheard(opened);
    expect(tail).toMatchObject({ source: "catching-up", restarts: 1 });
    stream.weather = calm;
    stream.store();
    await clock.advanceAndSettle(5);
    expect(tail).toMatchObject({ source: "live", restarts: 1 });
  });

  it("what is missed between entries that were heard counts each time", async () => {
    const opened = openTail();
    const { clock, stream, tail } = opened;
    for (let count = 0; count < 3; count += 1) {
      stream.weather = calm;
      stream.store();
      await clock.advanceAndSettle(5);
      expect(tail.source).toBe("live");
      await storeUnheard(opened);
    }
    expect(tail.restarts).toBe(3);
  });

  it("on a log in which nothing happens, it is live when it need not look often", async () => {
    const { clock, tail } = openTail();
    await clock.advanceAndSettle(5);
    expect(tail.source).toBe("catching-up");
    await clock.advanceAndSettle(1000);
    expect(tail).toMatchObject({ source: "live", restarts: 0 });
  });
});
