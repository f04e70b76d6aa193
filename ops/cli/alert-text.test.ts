import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { settingsIn } from "../surveillance/surveillance-settings.ts";
import { SurveillanceStory } from "../surveillance/testing/surveillance-story.ts";
import {
  renderAlert,
  renderAlertLine,
  renderAlerts,
  renderCounts,
  renderRule,
} from "./alert-text.ts";

const units = {
  price: (ticks: number) => (ticks / 100).toFixed(2),
  quantity: (lots: number) => `${lots}.0`,
};
const alerts = new SurveillanceStory()
  .open("alice", "acme")
  .open("bob", "acme")
  .tell("alice sells 5 @ 10000 as a1", "bob buys 5 at market as b1")
  .alerts();
const [alert] = alerts;
if (alert === undefined) throw new Error("there is no alert");
const plain = stripVTControlCharacters;

it("an alert is told with its figures, and its evidence as sentences in order", () => {
  const lines = plain(renderAlert(alert, units)).split("\n");
  expect(lines[0]).toBe("wash-trade in APPLE-COIN by alice, bob");
  expect(lines[2]).toBe("  behind it: participant/acme");
  expect(lines).toContainEqual(expect.stringMatching(/^tradesMin +1 +1 +times +trades of related/));
  const [sold, bought, traded] = lines.slice(-5);
  expect(sold).toMatch(/^\S+Z {2}0\/\d+ +alice's order \d+ to sell 5\.0 @ 100\.00 came in$/);
  expect(bought).toMatch(/bob's order \d+ to buy 5\.0 at market came in$/);
  expect(traded).toMatch(
    /bob \(order \d+\) bought 5\.0 @ 100\.00 of alice \(order \d+\): trade \d+$/,
  );
  const [evidence] = alert.evidence;
  expect(lines.at(-1)).toBe(
    `Look closer: ./outcry at 0/${evidence?.sequence} book APPLE-COIN, ./outcry trace ${alert.orders[0]}`,
  );
});

it("alerts are listed, counted by rule, and told one by one as they come", () => {
  expect(plain(renderAlerts(alerts)).split("\n")[1]).toMatch(
    new RegExp(`wash-trade +APPLE-COIN +alice, bob +1 +2 +${alert.id}$`),
  );
  expect(renderAlerts([])).toBe("no alerts");
  expect(renderAlertLine(alert)).toMatch(/Z wash-trade in APPLE-COIN by alice, bob: [0-9a-f]{16}$/);
  expect(renderCounts(alerts)).toBe("1 alert: wash-trade 1");
  expect(renderCounts([])).toBe("0 alerts");
});

it("a rule is told with what its parameters are, were by default, and why", () => {
  const settings = settingsIn({ rules: { spoofing: { episodesMin: 7 } }, off: ["spoofing"] });
  const [head, , ...rows] = plain(renderRule("spoofing", settings, undefined)).split("\n");
  expect(head).toBe("spoofing, off");
  expect(rows).toContainEqual(expect.stringMatching(/^episodesMin +7 +3 +times +so often: CFTC/));
});
