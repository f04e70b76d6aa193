import { describe, expect, it } from "vitest";
import type { FeedKind, FeedMessage } from "../protocols/index.ts";
import { EmitterWatch, watchEveryMs } from "./emitter-watch.ts";

const timing = { emitterSilenceMs: 150, heartbeatSilenceMs: 1000, emitterReturnMs: 10_000 };
const claimOrder = ["e1", "e2", "e3"];
const emitter = { node: "e1", epoch: 4 };
const nobody = { node: "", epoch: 0 };
/** Not all who could claim are gone. */
const others = { isAlone: false };

function watchOf(node: string): EmitterWatch {
  return new EmitterWatch({ node, claimOrder: () => claimOrder, timing });
}

function said(kind: FeedKind, sequence: number, emitterEpoch = emitter.epoch): FeedMessage {
  const outputsHash = new Uint8Array(32);
  return {
    kind,
    shard: 0,
    node: "e1",
    emitterEpoch,
    sequence,
    entriesHash: outputsHash,
    outputsHash,
  };
}

/**
 * Turns until the watch claims, and returns after how many milliseconds; undefined for not at all.
 */
function claimsAfter(
  watch: EmitterWatch,
  { sequence = 0, by = emitter, limitMs = 5000, eachTurn = (): void => undefined } = {},
): number | undefined {
  for (let ms = watchEveryMs; ms <= limitMs; ms += watchEveryMs) {
    eachTurn();
    if (watch.turn(watchEveryMs, sequence, by)) return ms;
  }
  return undefined;
}

describe("a follower claims", () => {
  it("when its outputs run ahead of the feed for longer than the emitter may be silent", () => {
    const watch = watchOf("e2");
    watch.hear(said("step", 10), emitter);
    expect(claimsAfter(watch, { sequence: 10, limitMs: 900 })).toBeUndefined();
    watch.hear(said("heartbeat", 10), emitter);
    expect(claimsAfter(watch, { sequence: 11 })).toBe(160);
  });

  it("when it hears nothing at all", () => {
    expect(claimsAfter(watchOf("e2"))).toBe(1000);
  });

  it("the later the further back it stands, the silent emitter not counted", () => {
    expect(claimsAfter(watchOf("e3"), { sequence: 1 })).toBe(240);
    expect(claimsAfter(watchOf("e3"))).toBe(1150);
    const other = { node: "e2", epoch: 4 };
    expect(claimsAfter(watchOf("e1"), { sequence: 1, by: other })).toBe(160);
    expect(claimsAfter(watchOf("e3"), { sequence: 1, by: other })).toBe(240);
  });

  it("at once when there is no emitter yet and it is first in line", () => {
    expect(claimsAfter(watchOf("e1"), { by: nobody })).toBe(10);
    expect(claimsAfter(watchOf("e2"), { by: nobody })).toBe(1150);
    expect(claimsAfter(watchOf("e3"), { by: nobody })).toBe(1300);
  });

  it("at once when the emitter is gone without one, the others in turn", () => {
    const [next, last] = [watchOf("e2"), watchOf("e3")];
    for (const watch of [next, last]) watch.hear(said("step", 10), emitter);
    for (const watch of [next, last]) watch.lost(others);
    expect(claimsAfter(next, { sequence: 10 })).toBe(10);
    expect(claimsAfter(last, { sequence: 10 })).toBe(150);
    const heard = watchOf("e2");
    heard.lost(others);
    heard.hear(said("heartbeat", 10), emitter);
    expect(claimsAfter(heard, { sequence: 10, limitMs: 900 })).toBeUndefined();
  });

  it("after its silence only, gone or not, when others have replaced the follower before", () => {
    const watch = watchOf("e2");
    watch.replaced("e3");
    watch.lost(others);
    expect(claimsAfter(watch, { sequence: 11 })).toBeGreaterThan(250);
  });

  it("after eight times its silence at most, often as others have replaced the follower", () => {
    const waits = [true, false].map((isGone) => {
      const watch = watchOf("e2");
      for (let count = 0; count < 5; count += 1) watch.replaced("e3");
      if (isGone) watch.lost(others);
      return claimsAfter(watch, { limitMs: 100_000 });
    });
    expect(waits).toEqual([8000, 32_000]);
    const heard = watchOf("e2");
    for (let count = 0; count < 5; count += 1) heard.replaced("e3");
    heard.lost(others);
    heard.hear(said("heartbeat", 0), emitter);
    expect(claimsAfter(heard, { limitMs: 31_000 })).toBeUndefined();
  });

  it("at once all the same when there is nobody else left", () => {
    const watch = watchOf("e3");
    for (let count = 0; count < 6; count += 1) watch.replaced("e2");
    watch.lost(others);
    expect(claimsAfter(watch, { sequence: 10, limitMs: 900 })).toBeUndefined();
    watch.lost({ isAlone: true });
    expect(claimsAfter(watch, { sequence: 10 })).toBe(150);
  });

  it("at once after a farewell", () => {
    const watch = watchOf("e2");
    watch.hear(said("farewell", 10), emitter);
    expect(claimsAfter(watch, { sequence: 10 })).toBe(10);
    const next = watchOf("e3");
    next.hear(said("farewell", 10), emitter);
    expect(claimsAfter(next, { sequence: 10 })).toBe(150);
  });

  it("again after a while, at growing distances, if its claim is not applied", () => {
    const watch = watchOf("e2");
    expect(claimsAfter(watch)).toBe(1000);
    const distances = [1, 2, 3, 4].map(() => claimsAfter(watch, { limitMs: 60_000 }));
    expect(distances).toEqual([1000, 2000, 4000, 8000]);
  });
});

describe("a node that is not one of the nodes", () => {
  it("claims nothing, however silent all are", () => {
    expect(claimsAfter(watchOf("e4"), { sequence: 1, limitMs: 60_000 })).toBeUndefined();
    expect(claimsAfter(watchOf("e4"), { by: nobody, limitMs: 60_000 })).toBeUndefined();
  });
});

describe("a follower allows", () => {
  /** A watch whose emitter has just kept it waiting for so long, and then went on. */
  function keptWaiting(waitMs: number): EmitterWatch {
    const watch = watchOf("e2");
    expect(claimsAfter(watch, { sequence: 1, limitMs: waitMs + watchEveryMs })).toBeUndefined();
    watch.hear(said("step", 1), emitter);
    return watch;
  }

  it("twice what the slowest step of late took", () => {
    expect(claimsAfter(keptWaiting(70), { sequence: 2 })).toBe(160);
    expect(claimsAfter(keptWaiting(140), { sequence: 2 })).toBe(290);
  });

  it("three times the usual silence at most", () => {
    const watch = keptWaiting(140);
    expect(claimsAfter(watch, { sequence: 2, limitMs: 270 })).toBeUndefined();
    watch.hear(said("step", 2), emitter);
    expect(claimsAfter(watch, { sequence: 3, limitMs: 440 })).toBeUndefined();
    watch.hear(said("step", 3), emitter);
    expect(claimsAfter(watch, { sequence: 4 })).toBe(460);
  });

  it("less again when the emitter is quick for a while", () => {
    const watch = keptWaiting(140);
    let told = 1;
    const eachTurn = () => watch.hear(said("step", (told += 1)), emitter);
    expect(claimsAfter(watch, { sequence: 1, eachTurn, limitMs: 20_000 })).toBeUndefined();
    expect(claimsAfter(watch, { sequence: 1_000_000 })).toBe(160);
  });
});

describe("a follower does not claim", () => {
  it("from an emitter that goes on step by step, however far behind it is", () => {
    const watch = watchOf("e2");
    let told = 0;
    const eachTurn = () => watch.hear(said("step", (told += 1)), emitter);
    expect(claimsAfter(watch, { sequence: 1_000_000, eachTurn, limitMs: 60_000 })).toBeUndefined();
    expect(watch.told).toBe(told);
  });

  it("but it does from one that only says that it lives", () => {
    const watch = watchOf("e2");
    const eachTurn = () => watch.hear(said("heartbeat", 5), emitter);
    expect(claimsAfter(watch, { sequence: 6, eachTurn })).toBe(160);
  });

  it("because its own event loop stood still", () => {
    const watch = watchOf("e2");
    watch.hear(said("step", 5), emitter);
    watch.turn(watchEveryMs, 6, emitter);
    expect(watch.turn(10_000, 6, emitter)).toBe(false);
    watch.hear(said("step", 6), emitter);
    expect(watch.turn(10_000, 6, emitter)).toBe(false);
  });

  it("on behalf of steps that went out before it listened", () => {
    const watch = watchOf("e2");
    watch.begin(500);
    expect(claimsAfter(watch, { sequence: 500, limitMs: 900 })).toBeUndefined();
    expect(claimsAfter(watch, { sequence: 501 })).toBeDefined();
  });

  it("twice for one emitter, or again at once when another has just been chosen", () => {
    const watch = watchOf("e3");
    watch.hear(said("farewell", 10), emitter);
    expect(claimsAfter(watch, { sequence: 10 })).toBe(150);
    watch.renew();
    expect(claimsAfter(watch, { sequence: 10, by: { node: "e2", epoch: 5 } })).toBe(1150);
  });

  it("because of the words of an emitter that was replaced", () => {
    const watch = watchOf("e3");
    const eachTurn = () => watch.hear(said("farewell", 10, 3), emitter);
    expect(claimsAfter(watch, { sequence: 10, eachTurn, limitMs: 900 })).toBeUndefined();
    expect(claimsAfter(watch, { sequence: 10, eachTurn })).toBeDefined();
  });
});

describe("what the feed told", () => {
  it("is what it told last, less what turned out wrong", () => {
    const watch = watchOf("e2");
    watch.hear(said("step", 10), emitter);
    watch.hear(said("step", 9), emitter);
    expect(watch.told).toBe(10);
    watch.retract(7);
    expect(watch.told).toBe(6);
    watch.retract(9);
    expect(watch.told).toBe(6);
  });
});

describe("an emitter that others replaced while it lived", () => {
  it("is more patient each time, and as it was after a calm minute", () => {
    const watch = watchOf("e3");
    const by = { node: "e2", epoch: 5 };
    const waits = [1, 2, 3].map((time) => {
      watch.replaced("e2");
      return claimsAfter(watch, { sequence: 1, by: { ...by, epoch: 5 + time } });
    });
    expect(waits).toEqual([460, 910, 1810]);
    watch.renew();
    const eachTurn = () => watch.hear(said("step", 1, by.epoch), by);
    expect(claimsAfter(watch, { by, eachTurn, limitMs: 61_000 })).toBeUndefined();
    expect(claimsAfter(watch, { sequence: 2, by: { ...by, epoch: 9 } })).toBe(240);
  });
});

describe("the first in the order", () => {
  it("may take it back without making anybody more patient", () => {
    const watch = watchOf("e2");
    for (let time = 0; time < 5; time++) watch.replaced("e1");
    expect(claimsAfter(watch, { sequence: 1 })).toBe(160);
    watch.lost(others);
    expect(claimsAfter(watch, { sequence: 1, by: { ...emitter, epoch: 5 } })).toBe(10);
  });

  const by = { node: "e2", epoch: 5 };
  const limitMs = 200_000;

  it("takes emission back when it has followed for a while", () => {
    const watch = watchOf("e1");
    const eachTurn = () => watch.hear(said("heartbeat", 7, by.epoch), by);
    expect(claimsAfter(watch, { sequence: 7, by, eachTurn, limitMs })).toBe(10_000);
    watch.renew();
    const next = { ...by, epoch: 6 };
    const go = () => watch.hear(said("heartbeat", 7, next.epoch), next);
    expect(claimsAfter(watch, { sequence: 7, by: next, eachTurn: go, limitMs })).toBe(10_000);
  });

  it("does not while it is ahead of the feed, nor does any other", () => {
    const ahead = watchOf("e1");
    let told = 7;
    const runsOn = () => ahead.hear(said("step", (told += 1), by.epoch), by);
    const far = { sequence: 1_000_000, by, limitMs };
    expect(claimsAfter(ahead, { ...far, eachTurn: runsOn })).toBeUndefined();
    const second = watchOf("e2");
    const eachTurn = () => second.hear(said("heartbeat", 7, 6), { node: "e3", epoch: 6 });
    const behind = { sequence: 7, by: { node: "e3", epoch: 6 }, eachTurn, limitMs };
    expect(claimsAfter(second, behind)).toBeUndefined();
  });

  it("waits the longer the more often others took it over while it lived", () => {
    const watch = watchOf("e1");
    const eachTurn = () => watch.hear(said("heartbeat", 7, by.epoch), by);
    watch.replaced("e2");
    watch.replaced("e2");
    expect(claimsAfter(watch, { sequence: 7, by, eachTurn, limitMs })).toBe(40_000);
  });
});
