/** Goal: whoever makes a price to gain by it is found; a price that moves by itself is not. */
import { describe, expect, it } from "vitest";
import { measured, SurveillanceStory } from "./testing/surveillance-story.ts";

const minute = 60_000;

describe("marking the close", () => {
  const hours = "hours 22:14 open 22:40 callClosing 22:42 close";

  interface Push {
    /** Lots that Mallory holds before. */
    readonly held?: number;
    /** What she pays in the end. */
    readonly to?: number;
    readonly lots?: number;
    /** What others trade at that time. */
    readonly others?: number;
  }

  function opened(held: number): SurveillanceStory {
    const story = new SurveillanceStory({ trading: hours }).until("22:14").tick().ordinary();
    story.tell("maker sells 500 @ 10000 as m1", `mallory buys ${held} @ 10000 as h1`);
    return story.tell("maker cancels m1");
  }

  function pushed({ held = 100, to = 10_050, lots = 50, others = 50 }: Push = {}) {
    const story = opened(held).until("22:36").tick();
    story.tell(`maker sells ${others} @ 10000 as m2`, `carol buys ${others} @ 10000 as c2`);
    story.tell(`maker sells ${lots} @ ${to} as m3`, `mallory buys ${lots} @ ${to} as push`);
    return story.until("22:40").tick();
  }

  it("is found of who moves the last price and holds a position that gains by it", () => {
    const [alert, ...others] = pushed().alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ...{ rule: "marking-the-close", accounts: ["mallory"] },
      evidence: [
        { act: "entered", account: "mallory" },
        { act: "traded", price: 10_050 },
      ],
    });
    expect(measured(alert, "moveBasisPointsMin")).toBe(50);
    expect(measured(alert, "sharePercentMin")).toBe(50);
    expect(measured(alert, "positionPercentMin")).toBe(200);
  });

  it("is none just below each threshold", () => {
    expect(pushed({ to: 10_049 }).rules()).toEqual([]);
    expect(pushed({ others: 120 }).rules()).toEqual([]);
    expect(pushed({ others: 116 }).rules()).toEqual(["marking-the-close"]);
    expect(pushed({ held: 50 }).rules()).toEqual(["marking-the-close"]);
    expect(pushed({ held: 49 }).rules()).toEqual([]);
    expect(pushed({ held: 1, others: 33 }).rules()).toEqual(["marking-the-close"]);
    expect(pushed({ held: 1, others: 34 }).rules()).toEqual([]);
  });

  it("is none of who trades earlier", () => {
    const story = opened(100).until("22:33").tick();
    story.tell("maker sells 50 @ 10050 as m3", "mallory buys 50 @ 10050 as push").wait(minute);
    story.tell("maker sells 5 @ 10050 as m4", "carol buys 5 @ 10050 as c4");
    expect(story.until("22:40").tick().rules()).toEqual([]);
  });

  function auctioned(lateMs: number, held = 100): SurveillanceStory {
    const story = opened(held).until("22:40").tick();
    story.tell("maker sells 40 @ 10000 as a1", "carol buys 20 @ 10000 as a2");
    story.tell("maker sells 60 @ 10060 as a3").wait(minute).tick();
    story.until("22:42").wait(-lateMs).tell("mallory buys 60 @ 10060 as late");
    return story.until("22:42").tick();
  }

  it("is found in the closing auction, by orders at the end of its call", () => {
    const [alert, ...others] = auctioned(20_000).alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: "marking-the-close", accounts: ["mallory"] });
    expect(alert?.evidence[0]).toMatchObject({ act: "indicated", price: 10_000 });
    expect(measured(alert, "moveBasisPointsMin")).toBe(60);
  });

  it("is none of orders that came while others could still answer", () => {
    expect(auctioned(31_000).rules()).toEqual([]);
  });
});

describe("momentum ignition", () => {
  interface Push {
    readonly orders?: number;
    readonly step?: number;
    readonly betweenMs?: number;
    readonly back?: number;
    readonly backPrice?: number;
    readonly backAfterMs?: number;
  }

  /** Mallory buys one price after the other, and sells to those who follow. */
  function ignited(push: Push = {}, story = new SurveillanceStory()): SurveillanceStory {
    const { orders = 4, step = 10, betweenMs = 1000 } = push;
    const { back = 10, backPrice = 10_035, backAfterMs = 5000 } = push;
    story.tell("maker sells 5 @ 10000 as m0", "carol buys 5 @ 10000 as c0").wait(20_000);
    for (let order = 1; order <= orders; order++) {
      story.tell(`maker sells 5 @ ${10_000 + order * step} as m${order}`);
      story.tell(`mallory buys 5 @ ${10_000 + order * step} as b${order}`).wait(betweenMs - 2);
    }
    story.wait(backAfterMs).tell(`carol buys ${back} @ ${backPrice} as c1`);
    return story.tell(`mallory sells ${back} @ ${backPrice} as out`);
  }

  it("is found when the burst is sold to those who follow", () => {
    const [alert, ...others] = ignited().alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: "momentum-ignition", accounts: ["mallory"] });
    expect(alert?.trades).toHaveLength(5);
    expect(measured(alert, "moveBasisPointsMin")).toBe(40);
    expect(measured(alert, "reversalPercentMin")).toBe(50);
    expect(measured(alert, "ownMovePercentMin")).toBe(100);
  });

  it("is none just below each threshold", () => {
    expect(ignited({ orders: 3 }).rules()).toEqual([]);
    expect(ignited({ step: 8 }).rules()).toEqual(["momentum-ignition"]);
    expect(ignited({ step: 7 }).rules()).toEqual([]);
    expect(ignited({ betweenMs: 3334 }).rules()).toEqual([]);
    expect(ignited({ back: 9 }).rules()).toEqual([]);
    expect(ignited({ backPrice: 10_025 }).rules()).toEqual([]);
    expect(ignited({ backPrice: 10_026 }).rules()).toEqual(["momentum-ignition"]);
    expect(ignited({ backAfterMs: 121_000 }).rules()).toEqual([]);
  });

  it("is none in a market that moves as much all the time", () => {
    const lively = new SurveillanceStory();
    for (let turn = 0; turn < 14; turn++) {
      const name = `t${turn}`;
      lively.tell(`maker sells 3 @ 10020 as a${name}`, `carol buys 3 @ 10020 as b${name}`);
      lively.tell(`carol buys 3 @ 10000 as c${name}`, `maker sells 3 @ 10000 as d${name}`);
      lively.wait(10_000);
    }
    expect(ignited({}, lively).rules()).toEqual([]);
    expect(ignited({}, lively).alertsWith("momentum-ignition", { moveMultiple: 2 })).toMatchObject([
      { rule: "momentum-ignition" },
    ]);
  });

  it("is none where others made the move", () => {
    const story = new SurveillanceStory();
    story.tell("maker sells 5 @ 10000 as m0", "carol buys 5 @ 10000 as c0").wait(20_000);
    for (let order = 1; order <= 4; order++) {
      story.tell(`maker sells 10 @ ${10_000 + order * 10} as m${order}`);
      story.tell(`carol buys 5 @ ${10_000 + order * 10} as c${order}`);
      story.tell(`mallory buys 5 @ ${10_000 + order * 10} as b${order}`).wait(1000);
    }
    story.tell("dave buys 10 @ 10035 as d1", "mallory sells 10 @ 10035 as out");
    expect(story.rules()).toEqual([]);
  });
});
