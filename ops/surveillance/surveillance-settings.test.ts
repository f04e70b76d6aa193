/** Goal: settings and relations say what they mean, and whoever mistypes them is told where. */
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "./market-watch.ts";
import { Owners, ownersIn } from "./owners.ts";
import { ruleNames, ruleParameters } from "./rule-parameters.ts";
import type { Parameter } from "./rule-parameters.ts";
import { settingsIn, SurveillanceSettings } from "./surveillance-settings.ts";

describe("settings", () => {
  it("are the defaults, then those of the rule, then those of the instrument", () => {
    const settings = settingsIn({
      rules: { spoofing: { episodesMin: 2, sizeMultiple: 4 } },
      instruments: { "BTC-USDT": { spoofing: { episodesMin: 5 } } },
      off: ["layering"],
    });
    expect(settings.of("spoofing", "BTC-USDT")).toMatchObject({ episodesMin: 5, sizeMultiple: 4 });
    expect(settings.of("spoofing", "ETH-USDT")).toMatchObject({ episodesMin: 2, sizeMultiple: 4 });
    expect(settings.of("wash-trade")).toEqual(new SurveillanceSettings().of("wash-trade"));
    expect(ruleNames.filter((rule) => !settings.isOn(rule))).toEqual(["layering"]);
  });

  it.each([
    [{ rule: {} }, "the file has rule, and may have rules, instruments, off"],
    [{ rules: { spoof: {} } }, 'rules names "spoof"; the rules are wash-trade, '],
    [{ rules: { layering: { levels: 3 } } }, "rules.layering has levels, and may have levelsMin"],
    [
      { rules: { layering: { levelsMin: 0 } } },
      "rules.layering.levelsMin is 0, not a whole number from 1 to 10000 (times)",
    ],
    [{ rules: { layering: { levelsMin: "3" } } }, 'rules.layering.levelsMin is "3", not a whole'],
    [{ instruments: { "btc usdt": {} } }, "btc usdt is no instrument's symbol"],
    [{ off: ["all"] }, 'off names "all"'],
    [[], "the file is not an object"],
  ])("that cannot be gone by are refused: %j", (data, message) => {
    expect(() => settingsIn(data)).toThrow(message);
  });

  it("have defaults within their bounds, and reasons", () => {
    for (const rule of ruleNames) {
      const parameters: Readonly<Record<string, Parameter>> = ruleParameters[rule];
      for (const { otherwise, min, max, why } of Object.values(parameters)) {
        expect(otherwise).toBeGreaterThanOrEqual(min);
        expect(otherwise).toBeLessThanOrEqual(max);
        expect(why).not.toBe("");
      }
    }
  });
});

describe("relations", () => {
  it("name accounts and participants, the account's own group first", () => {
    const owners = ownersIn({
      groups: [
        { name: "smiths", members: ["account/alice", "account/bob"], reason: "spouses" },
        { name: "funds", members: ["participant/acme", "participant/apex"] },
      ],
    });
    expect(owners.ownerOf("alice", "acme")).toBe("group/smiths");
    expect(owners.ownerOf("carol", "acme")).toBe("group/funds");
    expect(owners.ownerOf("dave", "dave")).toBe("participant/dave");
  });

  it.each([
    [{ group: [] }, "the file has group, and may have groups"],
    [{ groups: {} }, "groups is not a list"],
    [{ groups: [{ name: "A b", members: [] }] }, "the name of group 1 is not one such as"],
    [{ groups: [{ name: "a", members: ["account/x"] }] }, "group a needs a list of two members"],
    [
      { groups: [{ name: "a", members: ["account/x", "bob"] }] },
      'group a names "bob", which is neither account/<name> nor participant/<name>',
    ],
    [{ groups: [{ name: "a", members: ["account/x", "account/x"] }] }, "account/x is there twice"],
  ])("that cannot be gone by are refused: %j", (data, message) => {
    expect(() => ownersIn(data)).toThrow(message);
  });
});

it("what alerts follow from has a fingerprint, whatever the order in which it was written", () => {
  const members = ["account/a", "account/b"];
  const groups = [
    { name: "x", members, reason: "" },
    { name: "y", members: ["account/c", "account/d"], reason: "" },
  ];
  const settings = new SurveillanceSettings();
  const same = fingerprintOf({ settings, owners: new Owners(groups) });
  const turned = groups.toReversed().map((group) => {
    return { ...group, members: group.members.toReversed() };
  });
  expect(fingerprintOf({ settings, owners: new Owners(turned) })).toBe(same);
  expect(fingerprintOf({ settings, owners: new Owners() })).not.toBe(same);
  for (const data of [
    { off: ["spoofing"] },
    { rules: { spoofing: { episodesMin: 9 } } },
    { instruments: { A: { spoofing: { episodesMin: 9 } } } },
  ]) {
    expect(fingerprintOf({ settings: settingsIn(data), owners: new Owners(groups) })).not.toBe(
      same,
    );
  }
});
