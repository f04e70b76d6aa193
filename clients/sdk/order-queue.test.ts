import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { OrderQueue } from "./order-queue.ts";

/** A queue whose batches end when the test says so. */
function queueOf(
  batchesUnderWayMax: number,
  itemsPerBatchMax = 100,
  kindOf?: (item: number) => unknown,
) {
  const sent: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const queue = new OrderQueue<number>(
    (items) => {
      sent.push(items);
      return new Promise((resolve) => {
        ends.push(resolve);
      });
    },
    {
      ...{ batchesUnderWayMax, itemsPerBatchMax, sizePerBatchMax: 1_000_000 },
      ...{ sizeOf: (item) => item, ...(kindOf && { kindOf }) },
    },
  );
  const endOne = async () => {
    ends.shift()?.();
    await setImmediate();
  };
  return { queue, sent, endOne };
}

describe("an order queue", () => {
  it("sends at once what is asked for in one go", async () => {
    const { queue, sent } = queueOf(1);
    for (const item of [1, 2, 3]) queue.add(item);
    await setImmediate();
    expect(sent).toEqual([[1, 2, 3]]);
  });

  it("gathers while a batch is under way, and keeps the order", async () => {
    const { queue, sent, endOne } = queueOf(1);
    queue.add(1);
    await setImmediate();
    queue.add(2);
    await setImmediate();
    queue.add(3);
    await setImmediate();
    expect(sent).toEqual([[1]]);
    await endOne();
    expect(sent).toEqual([[1], [2, 3]]);
  });

  it("cuts at the size of a batch", async () => {
    const { queue, sent, endOne } = queueOf(1, 2);
    for (const item of [1, 2, 3, 4, 5]) queue.add(item);
    await setImmediate();
    while (queue.waitingCount > 0) await endOne();
    expect(sent).toEqual([[1, 2], [3, 4], [5]]);
  });

  it("cuts before a batch is larger than a message may be", async () => {
    const { queue, sent, endOne } = queueOf(1);
    for (const item of [500_000, 500_000, 1, 2_000_000, 3, 4]) queue.add(item);
    await setImmediate();
    while (queue.waitingCount > 0) await endOne();
    expect(sent).toEqual([[500_000, 500_000], [1], [2_000_000], [3, 4]]);
  });

  it("cuts between items of different kinds, and keeps the order", async () => {
    const { queue, sent, endOne } = queueOf(1, 100, (item) => item % 2);
    for (const item of [1, 3, 2, 5, 7]) queue.add(item);
    await setImmediate();
    while (queue.waitingCount > 0) await endOne();
    expect(sent).toEqual([[1, 3], [2], [5, 7]]);
  });

  it("has as many batches under way as it may", async () => {
    const { queue, sent, endOne } = queueOf(2, 1);
    for (const item of [1, 2, 3]) queue.add(item);
    await setImmediate();
    expect(sent).toEqual([[1], [2]]);
    await endOne();
    expect(sent).toEqual([[1], [2], [3]]);
  });

  it("does what is to be done alone after all before it and before all after it", async () => {
    const { queue, sent, endOne } = queueOf(2, 1);
    const story: string[] = [];
    queue.add(1);
    queue.add(2);
    const alone = queue.addAlone(async () => {
      story.push(`alone after ${String(sent.length)}`);
      await setImmediate();
      return "result";
    });
    queue.add(3);
    await setImmediate();
    expect(story).toEqual([]);
    await endOne();
    expect(story).toEqual([]);
    await endOne();
    expect(await alone).toBe("result");
    await setImmediate();
    expect(story).toEqual(["alone after 2"]);
    expect(sent).toEqual([[1], [2], [3]]);
  });

  it("goes on after something done alone has failed", async () => {
    const { queue, sent } = queueOf(1);
    const alone = queue.addAlone(() => Promise.reject(new Error("no")));
    queue.add(1);
    await expect(alone).rejects.toThrow("no");
    await setImmediate();
    expect(sent).toEqual([[1]]);
  });

  it("takes any number of items in time that does not grow with those waiting", async () => {
    const { queue, sent, endOne } = queueOf(1, 1000);
    for (let item = 0; item < 100_000; item++) queue.add(item % 10);
    await setImmediate();
    while (queue.waitingCount > 0) await endOne();
    expect(sent.flat()).toEqual(Array.from({ length: 100_000 }, (_, item) => item % 10));
  });
});
