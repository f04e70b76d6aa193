/**
 * Goal: on days of random trading, alerts are the same wherever books and accounts live and however
 * often surveillance begins anew; wash trades are all that there were, and each points at its
 * entry.
 */
import { describe, expect, it } from "vitest";
import { eventsOf } from "../../actors/testing/test-venue.ts";
import { related, tradeOut } from "../../actors/testing/trading-day.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { Owners } from "./owners.ts";
import { ruleNames } from "./rule-parameters.ts";
import { settingsIn } from "./surveillance-settings.ts";
import { alertsIn } from "./testing/watch-logs.ts";
import { SurveillanceStory } from "./testing/surveillance-story.ts";

/** So low that every rule finds something on a random day. */
const eager = settingsIn({
  rules: {
    "circular-trading": {
      tripsMin: 1,
      sharePercentMin: 0,
      quantityTolerancePercent: 60,
      priceToleranceBasisPoints: 900,
    },
    "prearranged-crossing": { withinMs: 60_000, sizeMultiple: 0, crossesMin: 1 },
    spoofing: {
      ...{ sizeMultiple: 1, executionMultiple: 0, distanceBasisPointsMax: 9000 },
      ...{ executedPercentMax: 100, withdrawnWithinMs: 600_000, imbalancePercentMin: 0 },
      ...{ cancelPercentMin: 0, episodesMin: 1, lifetimeSecondsMax: 3600 },
    },
    layering: {
      ...{ levelsMin: 1, executionMultiple: 0, togetherMs: 600_000, executedPercentMax: 100 },
      ...{ withdrawnWithinMs: 600_000, imbalancePercentMin: 0, episodesMin: 1 },
    },
    "marking-the-close": { sharePercentMin: 1, aloneSharePercentMin: 5, moveBasisPointsMin: 1 },
    "momentum-ignition": {
      ...{ burstSeconds: 120, ordersMin: 2, moveBasisPointsMin: 1, moveMultiple: 0 },
      ...{ ownMovePercentMin: 0, reversalSeconds: 600, reversalPercentMin: 1 },
    },
  },
});

const venue = tradeOut({
  ...{ seed: 71, shards: 3, moves: 2000, deliveryPercent: 60, relocationPercent: 3 },
  chance: new ChanceOfEntries(),
});
const { logs } = venue;
const found = alertsIn(logs, { settings: eager });

const byId = (alerts: typeof found) => alerts.toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe("on a day on which books and accounts move between three shards", () => {
  it("every rule finds something when it looks for little, but for what chance does not bring", () => {
    const rules = new Set(found.map(({ rule }) => rule));
    expect(ruleNames.filter((rule) => !rules.has(rule))).toEqual(["prearranged-crossing"]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  });

  it("alerts are the same when surveillance is saved and begun anew at any time", () => {
    const now = (entries: number) => entries % 389 === 0 || entries % 401 === 0;
    expect(alertsIn(logs, { settings: eager, restartsAfter: now })).toEqual(found);
  });

  it("alerts do not depend on which log is read first", () => {
    // Read as far as it goes by itself, the last log comes first.
    const late = alertsIn(logs, { settings: eager, readsLastFirst: true });
    expect(byId(late)).toEqual(byId(found));
  });

  it("wash trades are all those between related accounts, and no other ones", () => {
    const fills = venue.steps.flat().flatMap(eventsOf);
    const owner = (account: string) => (related.includes(account as never) ? "acme" : account);
    const parties = new Map<number, string[]>();
    for (const event of fills) {
      if (event.kind !== "execution-report" || event.tradeId === 0) continue;
      parties.set(event.tradeId, [...(parties.get(event.tradeId) ?? []), owner(event.account)]);
    }
    const told = new Set(fills.flatMap((of) => (of.kind === "traded" ? [of.tradeId] : [])));
    const washed = [...parties].flatMap(([tradeId, [a, b]]) =>
      a === b && told.has(tradeId) ? [tradeId] : [],
    );
    const alerted = found.flatMap(({ rule, trades }) => (rule === "wash-trade" ? trades : []));
    expect(alerted.toSorted((a, b) => a - b)).toEqual(washed.toSorted((a, b) => a - b));
    expect(washed.length).toBeGreaterThan(10);
  });

  it("evidence names the entries in which the trades were made", () => {
    const placeOf = new Map<number, string>();
    for (const [shard, steps] of venue.steps.entries()) {
      for (const step of steps) {
        for (const event of eventsOf(step)) {
          if (event.kind === "traded") placeOf.set(event.tradeId, `${shard}/${step.sequence}`);
        }
      }
    }
    const trades = found.flatMap(({ evidence }) =>
      evidence.flatMap((piece) => (piece.act === "traded" ? [piece] : [])),
    );
    expect(trades.length).toBeGreaterThan(100);
    for (const { tradeId, shard, sequence } of trades) {
      expect(`${shard}/${sequence}`).toBe(placeOf.get(tradeId));
    }
  });
});

it("a story gives the same alerts on one shard and on two, but for where the evidence is", () => {
  const tell = (shards: number) => {
    const story = new SurveillanceStory({ shards }).open("alice", "acme").open("bob", "acme");
    story.tell("alice sells 5 @ 10000 as a1", "bob buys 5 @ 10000 as b1");
    return story.alerts().map(({ rule, accounts, measures, evidence }) => ({
      ...{ rule, accounts, measures },
      acts: evidence.map(({ act, timeUs }) => [act, timeUs]),
    }));
  };
  expect(tell(1)).toHaveLength(1);
  expect(tell(2)).toEqual(tell(1));
});

it("relations that are added later find more, and leave the ids of other alerts alone", () => {
  const members = ["account/carol", "account/dave"];
  const owners = new Owners([{ name: "pair", members, reason: "" }]);
  const wash = (alerts: typeof found) =>
    new Set(alerts.flatMap(({ rule, id }) => (rule === "wash-trade" ? [id] : [])));
  const more = wash(alertsIn(logs, { settings: eager, owners }));
  const before = wash(found);
  expect(more.size).toBeGreaterThan(before.size);
  expect(before.isSubsetOf(more)).toBe(true);
});
