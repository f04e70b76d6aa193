/** Goal: trades that change nothing are found, and what looks like it by chance is left alone. */
import { describe, expect, it } from "vitest";
import { Owners } from "./owners.ts";
import { measured, SurveillanceStory } from "./testing/surveillance-story.ts";

describe("a wash trade", () => {
  const story = () => new SurveillanceStory().open("alice", "acme").open("bob", "acme");
  const washed = () => story().tell("alice sells 5 @ 10000 as a1", "bob buys 5 @ 10000 as b1");

  it("is one between accounts of one participant, with both orders as evidence", () => {
    const [alert, ...others] = washed().alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ...{ rule: "wash-trade", symbol: "APPLE-COIN", owners: ["participant/acme"] },
      accounts: ["alice", "bob"],
      evidence: [
        { act: "entered", account: "alice", price: 10_000, quantity: 5 },
        { act: "entered", account: "bob", price: 10_000, quantity: 5 },
        { act: "traded", buyer: "bob", seller: "alice", price: 10_000, quantity: 5 },
      ],
    });
    const [sold, bought] = alert?.evidence ?? [];
    expect(alert?.orders).toHaveLength(2);
    expect(alert?.trades).toHaveLength(1);
    expect(sold?.sequence).toBeLessThan(bought?.sequence ?? 0);
  });

  it("is one between accounts that the officer declared related, or whose participants are", () => {
    const trade = new SurveillanceStory().tell("ann sells 5 @ 9 as a1", "ben buys 5 @ 9 as b1");
    expect(trade.alerts()).toEqual([]);
    const group = (...members: string[]) => {
      return { owners: new Owners([{ name: "family", members, reason: "" }]) };
    };
    expect(trade.rules(group("account/ann", "account/ben"))).toEqual(["wash-trade"]);
    expect(trade.rules(group("account/ann", "participant/ben"))).toEqual(["wash-trade"]);
    expect(trade.rules(group("account/ann", "account/joe"))).toEqual([]);
  });

  it("is one within a participant also where one of its accounts belongs to a group", () => {
    const owners = new Owners([
      { name: "family", members: ["account/alice", "account/joe"], reason: "" },
    ]);
    expect(washed().rules({ owners })).toEqual(["wash-trade"]);
  });

  it("is prevented where the order says so, and then there is none", () => {
    const orders = ["alice sells 5 @ 10000 as a1", "bob buys 5 @ 10000, cancels newest as b1"];
    expect(
      story()
        .tell(...orders)
        .alerts(),
    ).toEqual([]);
    const moved = ["alice sells 5 @ 10000 as a1", "bob buys 5 @ 10000, transfers as b1"];
    expect(
      story()
        .tell(...moved)
        .alerts(),
    ).toEqual([]);
  });

  it("counts as often, with as much, and within as long as the settings say", () => {
    const twice = washed().tell("alice buys 4 @ 10000 as a2", "bob sells 4 @ 10000 as b2");
    const count = (parameters: Readonly<Record<string, number>>) =>
      twice.alertsWith("wash-trade", parameters).length;
    expect(count({})).toBe(2);
    expect(count({ tradesMin: 2 })).toBe(1);
    expect(count({ tradesMin: 3 })).toBe(0);
    expect(count({ tradesMin: 2, quantityMin: 9 })).toBe(1);
    expect(count({ tradesMin: 2, quantityMin: 10 })).toBe(0);
    const slowly = washed()
      .wait(3_600_000)
      .tell("alice buys 4 @ 10000 as a2", "bob sells 4 @ 10000 as b2");
    expect(slowly.alertsWith("wash-trade", { tradesMin: 2 })).toEqual([]);
  });
});

describe("trading in a circle", () => {
  /** A quantity goes from one to the next at a price; the last word is who has it then. */
  function pass(story: SurveillanceStory, way: readonly string[], [lots, price]: number[]): void {
    for (const [index, seller] of way.slice(0, -1).entries()) {
      const name = `${story.venue.timeUs}-${index}`;
      const buyer = way[index + 1] ?? "";
      story.tell(`${seller} sells ${lots} @ ${price} as s${name}`).wait(500);
      story.tell(`${buyer} buys ${lots} @ ${price} as b${name}`).wait(500);
    }
  }

  it("is found after some ways there and back", () => {
    const story = new SurveillanceStory();
    for (const price of [10_000, 10_002, 10_001]) pass(story, ["ann", "ben", "ann"], [7, price]);
    const [alert, ...others] = story.alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: "circular-trading", accounts: ["ann", "ben"] });
    expect(alert?.trades).toHaveLength(6);
    expect(measured(alert, "tripsMin")).toBe(3);
    expect(measured(alert, "sharePercentMin")).toBe(100);
    expect(story.alertsWith("circular-trading", { tripsMin: 4 })).toEqual([]);
  });

  it("is found by way of a third", () => {
    const story = new SurveillanceStory();
    for (let trip = 0; trip < 3; trip++) pass(story, ["ann", "ben", "cat", "ann"], [7, 10_000]);
    expect(story.alerts()).toMatchObject([
      { rule: "circular-trading", accounts: ["ann", "ben", "cat"] },
    ]);
  });

  it("is none where quantities or prices differ, or the way takes long", () => {
    const uneven = new SurveillanceStory();
    const dear = new SurveillanceStory();
    const slow = new SurveillanceStory();
    for (let trip = 0; trip < 4; trip++) {
      pass(uneven, ["ann", "ben"], [100, 10_000]);
      pass(uneven, ["ben", "ann"], [89, 10_000]);
      pass(dear, ["ann", "ben"], [100, 10_000]);
      pass(dear, ["ben", "ann"], [100, 10_006]);
      pass(slow, ["ann", "ben"], [100, 10_000]);
      slow.wait(601_000);
      pass(slow, ["ben", "ann"], [100, 10_000]);
      slow.wait(601_000);
    }
    expect([uneven, dear, slow].map((story) => story.rules())).toEqual([[], [], []]);
  });

  it("is none between two who trade with everybody else as well", () => {
    const story = new SurveillanceStory();
    for (let trip = 0; trip < 3; trip++) {
      pass(story, ["ann", "ben", "ann"], [7, 10_000]);
      pass(story, ["ann", `x${trip}`], [40, 10_100]);
      pass(story, [`y${trip}`, "ben"], [40, 9900]);
    }
    expect(story.rules()).toEqual([]);
  });
});

describe("a pre-arranged crossing", () => {
  function cross(story: SurveillanceStory, apartMs: number, buys = "30 @ 10000"): void {
    const name = String(story.venue.timeUs);
    story.tell(`ann sells 30 @ 10000 as s${name}`).wait(apartMs - 1);
    story.tell(`ben buys ${buys} as b${name}`).wait(30_000);
  }
  const crossed = (times: number, apartMs: number, buys?: string): SurveillanceStory => {
    const story = new SurveillanceStory().ordinary();
    for (let time = 0; time < times; time++) cross(story, apartMs, buys);
    return story;
  };

  it("is found when the same two meet so for the third time", () => {
    const [alert, ...others] = crossed(3, 50).alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: "prearranged-crossing", accounts: ["ann", "ben"] });
    expect(alert?.orders).toHaveLength(6);
    expect(measured(alert, "withinMs")).toBe(50);
    expect(measured(alert, "sizeMultiple")).toBe(3);
  });

  it("is none twice, or by orders that lie further apart, or of other sizes", () => {
    expect(crossed(2, 50).rules()).toEqual([]);
    expect(crossed(3, 51).rules()).toEqual([]);
    expect(crossed(3, 50, "31 @ 10000").rules()).toEqual([]);
    expect(crossed(3, 50, "30 @ 10001").rules()).toEqual([]);
    expect(crossed(3, 50).alertsWith("prearranged-crossing", { sizeMultiple: 4 })).toEqual([]);
  });
});
