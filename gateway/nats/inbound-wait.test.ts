import { beforeEach, describe, expect, it } from "vitest";
import { InboundWait } from "./inbound-wait.ts";

let nowMs: number;
let pong: PromiseWithResolvers<number>;
let wait: InboundWait;

beforeEach(() => {
  nowMs = 1000;
  pong = Promise.withResolvers();
  const connection = { rtt: () => pong.promise, isClosed: () => false };
  wait = new InboundWait({ connection, nowMs: () => nowMs });
});

describe("the wait of what comes in", () => {
  it("is nothing before it was measured", () => {
    expect(wait.ms).toBe(0);
  });

  it("is as long as the server's answer to a ping takes", async () => {
    const pinged = wait.ping();
    nowMs += 70;
    pong.resolve(70);
    await pinged;
    nowMs += 1000;
    expect(wait.ms).toBe(70);
  });

  it("grows while an answer is awaited, and is never less than the last", async () => {
    pong.resolve(0);
    nowMs += 30;
    await wait.ping();
    pong = Promise.withResolvers();
    void wait.ping();
    nowMs += 200;
    expect(wait.ms).toBe(200);
  });

  it("is nothing on a line that broke and is there again", async () => {
    const pinged = wait.ping();
    nowMs += 5000;
    pong.reject(new Error("the line broke"));
    await pinged;
    expect(wait.ms).toBe(0);
  });

  /** Pings whose answers take so long, one after the other. */
  async function waits(...times: number[]): Promise<void> {
    for (const ms of times) {
      pong = Promise.withResolvers();
      const pinged = wait.ping();
      nowMs += ms;
      pong.resolve(ms);
      await pinged;
    }
  }

  it("is too long when it is long for half a second, and not for a moment", async () => {
    await waits(20, 400);
    expect(wait.isTooLong).toBe(false);
    await waits(20, 200, 200);
    expect(wait.isTooLong).toBe(false);
    await waits(200);
    expect(wait.isTooLong).toBe(true);
    await waits(150);
    expect(wait.isTooLong).toBe(false);
  });

  it("is too long at once for ten seconds after it was", async () => {
    await waits(600);
    expect(wait.isTooLong).toBe(true);
    await waits(20, 151);
    expect(wait.isTooLong).toBe(true);
    nowMs += 9000;
    await waits(20, 160);
    expect(wait.isTooLong).toBe(true);
    nowMs += 10_000;
    await waits(20, 160);
    expect(wait.isTooLong).toBe(false);
  });

  it("is measured again and again until it is stopped", async () => {
    let pings = 0;
    const third = Promise.withResolvers<void>();
    const connection = {
      rtt: () => {
        pings += 1;
        if (pings === 3) third.resolve();
        return Promise.resolve(0);
      },
      isClosed: () => false,
    };
    const measured = new InboundWait({ connection, everyMs: 1 });
    measured.start();
    await third.promise;
    measured.stop();
  });
});
