/** Goal: orders that are not meant are found when they are taken back; who makes markets is not. */
import { describe, expect, it } from "vitest";
import { measured, SurveillanceStory } from "./testing/surveillance-story.ts";

interface Spoof {
  readonly lots?: number;
  readonly price?: number;
  readonly standsMs?: number;
  readonly afterMs?: number;
  readonly shownBeside?: number;
}

/** Mallory wants to sell ten, and shows much more to buy until somebody does. */
function spoof(story: SurveillanceStory, spoofed: Spoof = {}): void {
  const { lots = 60, price = 9990, standsMs = 500, afterMs = 300, shownBeside } = spoofed;
  const name = String(story.venue.timeUs);
  story.tell(`mallory sells 10 @ 10005 as s${name}`);
  if (shownBeside !== undefined) story.tell(`mallory sells ${shownBeside} @ 10020 as m${name}`);
  story.tell(`mallory buys ${lots} @ ${price} as big${name}`).wait(standsMs);
  story.tell(`carol buys 10 @ 10005 as c${name}`).wait(afterMs - 1);
  story.tell(`mallory cancels big${name}`);
  if (shownBeside !== undefined) story.tell(`mallory cancels m${name}`);
  story.wait(60_000);
}

function spoofed(times: number, how?: Spoof): SurveillanceStory {
  const story = new SurveillanceStory().ordinary().tell("maker buys 10 @ 9990 as touch");
  for (let time = 0; time < times; time++) spoof(story, how);
  return story;
}

describe("spoofing", () => {
  it("is found the third time, with the large orders, the executions and the cancels", () => {
    const [alert, ...others] = spoofed(3).alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: "spoofing", accounts: ["mallory"] });
    expect(alert?.evidence.map(({ act }) => act).slice(0, 4)).toEqual([
      ...["entered", "entered", "traded", "withdrawn"],
    ]);
    expect(alert?.evidence).toHaveLength(12);
    expect(measured(alert, "sizeMultiple")).toBe(6);
    expect(measured(alert, "executionMultiple")).toBe(6);
    expect(measured(alert, "imbalancePercentMin")).toBe(600);
    expect(measured(alert, "cancelPercentMin")).toBe(100);
    expect(spoofed(6).rules()).toEqual(["spoofing", "spoofing"]);
  });

  it("is none just below each threshold", () => {
    expect(spoofed(2).rules()).toEqual([]);
    expect(spoofed(3, { lots: 49 }).rules()).toEqual([]);
    expect(spoofed(3, { lots: 50 }).rules()).toEqual(["spoofing"]);
    expect(spoofed(3, { afterMs: 2000 }).rules()).toEqual(["spoofing"]);
    expect(spoofed(3, { afterMs: 2001 }).rules()).toEqual([]);
    expect(spoofed(3, { price: 9961 }).rules()).toEqual(["spoofing"]);
    expect(spoofed(3, { price: 9959 }).rules()).toEqual([]);
    expect(spoofed(3, { standsMs: 59_000 }).rules()).toEqual(["spoofing"]);
    expect(spoofed(3, { standsMs: 60_000 }).rules()).toEqual([]);
    expect(spoofed(3, { shownBeside: 10 }).rules()).toEqual(["spoofing"]);
    expect(spoofed(3, { shownBeside: 11 }).rules()).toEqual([]);
    expect(spoofed(3).alertsWith("spoofing", { executionMultiple: 7 })).toEqual([]);
    expect(spoofed(3).alertsWith("spoofing", { windowSeconds: 100 })).toEqual([]);
  });

  it("is none of an owner whose large orders are executed in earnest", () => {
    const story = spoofed(2).tell("mallory buys 60 @ 9990 as meant").wait(10);
    story.tell("dave sells 70 @ 9990 as d1").wait(1000);
    spoof(story);
    expect(story.rules()).toEqual([]);
  });

  it("is none of a large order of which a part was executed", () => {
    const story = new SurveillanceStory().ordinary();
    for (let time = 0; time < 3; time++) {
      story.tell(`mallory sells 10 @ 10005 as s${time}`, `mallory buys 80 @ 9990 as b${time}`);
      story.tell(`dave sells 9 @ 9990 as d${time}`, `carol buys 10 @ 10005 as c${time}`);
      story.tell(`mallory cancels b${time}`).wait(60_000);
    }
    expect(story.alertsWith("spoofing", { executedPercentMax: 11 })).toEqual([]);
    expect(story.alertsWith("spoofing", { executedPercentMax: 12, cancelPercentMin: 70 })).toEqual([
      expect.objectContaining({ rule: "spoofing" }),
    ]);
  });

  it("is found when the order is moved away instead of being canceled", () => {
    const story = new SurveillanceStory().ordinary();
    for (let time = 0; time < 3; time++) {
      story.tell(`mallory sells 10 @ 10005 as s${time}`, `mallory buys 60 @ 9990 as b${time}`);
      story.tell(`carol buys 10 @ 10005 as c${time}`);
      story.replace("mallory", `b${time}`, { price: 9000, quantity: 60 }).wait(60_000);
    }
    expect(story.rules()).toEqual(["spoofing"]);
  });

  it("is found when the order is changed a little once it has served, and then canceled", () => {
    for (const change of [
      { price: 9990, quantity: 61 },
      { price: 9991, quantity: 60 },
    ]) {
      const story = new SurveillanceStory().ordinary();
      for (let time = 0; time < 3; time++) {
        story.tell(`mallory sells 10 @ 10005 as s${time}`, `mallory buys 60 @ 9990 as b${time}`);
        story.tell(`carol buys 10 @ 10005 as c${time}`).replace("mallory", `b${time}`, change);
        story.tell(`mallory cancels b${time}`).wait(60_000);
      }
      expect(story.rules()).toEqual(["spoofing"]);
    }
  });

  it("is found when the order ends by itself at a time that it came with", () => {
    const story = new SurveillanceStory().ordinary();
    for (let time = 0; time < 3; time++) {
      story.tell(
        `mallory sells 10 @ 10005 as s${time}`,
        `mallory buys 60 @ 9990 GTD 1 s as b${time}`,
      );
      story.wait(500).tell(`carol buys 10 @ 10005 as c${time}`).wait(600).tick().wait(60_000);
    }
    expect(story.rules()).toEqual(["spoofing"]);
  });

  it("is none of orders that nobody sees", () => {
    const story = new SurveillanceStory().ordinary();
    for (let time = 0; time < 3; time++) {
      story.tell(`mallory sells 10 @ 10005 as s${time}`);
      story.tell(`mallory buys 60 @ 9990, hidden as b${time}`);
      story.tell(`carol buys 10 @ 10005 as c${time}`, `mallory cancels b${time}`).wait(60_000);
    }
    expect(story.rules()).toEqual([]);
  });
});

/** Mallory wants to buy ten, and shows layers to sell until somebody sells. */
function layer(story: SurveillanceStory, levels: number, betweenMs = 20): void {
  const name = String(story.venue.timeUs);
  const layers = Array.from({ length: levels }, (_, level) => level);
  for (const level of layers)
    story.tell(`mallory sells 12 @ ${10_020 + level} as l${level}${name}`);
  story.tell(`mallory buys 10 @ 9995 as s${name}`).wait(400);
  story.tell(`carol sells 10 @ 9995 as c${name}`).wait(200);
  for (const level of layers) story.tell(`mallory cancels l${level}${name}`).wait(betweenMs - 1);
  story.wait(60_000);
}

function layered(times: number, levels: number, betweenMs?: number): SurveillanceStory {
  const story = new SurveillanceStory().ordinary();
  for (let time = 0; time < times; time++) layer(story, levels, betweenMs);
  return story;
}

describe("layering", () => {
  it("is found the second time that levels go together", () => {
    const [alert, ...others] = layered(2, 4).alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: "layering", accounts: ["mallory"] });
    expect(measured(alert, "levelsMin")).toBe(3);
    expect(measured(alert, "imbalancePercentMin")).toBe(480);
  });

  it("is none just below each threshold", () => {
    expect(layered(1, 4).rules()).toEqual([]);
    expect(layered(2, 3).rules()).toEqual(["layering"]);
    expect(layered(2, 2).rules()).toEqual([]);
    expect(layered(2, 3, 500).rules()).toEqual(["layering"]);
    expect(layered(2, 3, 501).rules()).toEqual([]);
    expect(layered(2, 3).alertsWith("layering", { executionMultiple: 4 })).toEqual([]);
    expect(layered(2, 3).alertsWith("layering", { imbalancePercentMin: 361 })).toEqual([]);
    expect(layered(2, 3).alertsWith("layering", { lifetimeSecondsMax: 1 })).toHaveLength(1);
  });
});

it("a market maker's quotes on both sides are neither, however often they are renewed", () => {
  const story = new SurveillanceStory().ordinary(2);
  for (let turn = 0; turn < 12; turn++) {
    const lots = { bidQuantity: 40, askQuantity: 40 };
    const [bidPrice, askPrice] = [9990 - turn, 10_010 + turn];
    story.quote("mm", `q${turn}`, { bidPrice, askPrice, ...lots });
    story.tell(`carol buys 4 @ ${askPrice} as c${turn}`);
    story.tell(`dave sells 4 @ ${bidPrice} as d${turn}`).wait(500);
  }
  expect(story.rules()).toEqual([]);
});
