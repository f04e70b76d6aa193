/**
 * By which parameters each rule goes in each instrument, and which rules nobody wants:
 *
 *     rules:
 *       spoofing: { episodesMin: 2 }
 *     instruments:
 *       BTC-USDT:
 *         momentum-ignition: { moveBasisPointsMin: 80 }
 *     off: [prearranged-crossing]
 *
 * What is not named is as `rule-parameters.ts` has it.
 */
import { isSymbol } from "../../protocols/index.ts";
import type { InstrumentSymbol } from "../../protocols/index.ts";
import { ruleNames, ruleParameters } from "./rule-parameters.ts";
import type { Parameter, ParametersOf, RuleName } from "./rule-parameters.ts";
import { fieldsIn, SettingsFault } from "./settings-fault.ts";

type Chosen = Readonly<Record<string, number>>;
type ChosenByRule = Readonly<Partial<Record<RuleName, Chosen>>>;

export interface SurveillanceChoices {
  readonly rules: ChosenByRule;
  readonly instruments: Readonly<Record<InstrumentSymbol, ChosenByRule>>;
  readonly off: readonly RuleName[];
}

const none: SurveillanceChoices = { rules: {}, instruments: {}, off: [] };

export class SurveillanceSettings {
  readonly choices: SurveillanceChoices;
  readonly #known = new Map<string, Chosen>();

  constructor(choices: SurveillanceChoices = none) {
    this.choices = choices;
  }

  isOn(rule: RuleName): boolean {
    return !this.choices.off.includes(rule);
  }

  /** What a rule goes by in an instrument; without one, where nothing is said of it. */
  of<Rule extends RuleName>(rule: Rule, symbol: InstrumentSymbol = ""): ParametersOf<Rule> {
    const key = `${rule} ${symbol}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const { rules, instruments } = this.choices;
      known = { ...defaultsOf(rule), ...rules[rule], ...instruments[symbol]?.[rule] };
      this.#known.set(key, known);
    }
    return known as ParametersOf<Rule>;
  }
}

function defaultsOf(rule: RuleName): Chosen {
  const parameters: Readonly<Record<string, Parameter>> = ruleParameters[rule];
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { otherwise }]) => [name, otherwise]),
  );
}

/** Reads settings as a file has them; throws {@link SettingsFault}. */
export function settingsIn(data: unknown): SurveillanceSettings {
  const known = ["rules", "instruments", "off"];
  const { rules = {}, instruments = {}, off = [] } = fieldsIn(data, "the file", known);
  const bySymbol = Object.entries(asObject(instruments, "instruments")).map(([symbol, chosen]) => {
    const isKnown: boolean = isSymbol(symbol);
    if (!isKnown) throw new SettingsFault(`${symbol} is no instrument's symbol`);
    return [symbol, rulesIn(chosen, `instruments.${symbol}`)] as const;
  });
  if (!Array.isArray(off)) throw new SettingsFault("off is not a list of rules");
  return new SurveillanceSettings({
    rules: rulesIn(rules, "rules"),
    instruments: Object.fromEntries(bySymbol),
    off: off.map((name) => ruleIn(name, "off")),
  });
}

function rulesIn(data: unknown, where: string): ChosenByRule {
  return Object.fromEntries(
    Object.entries(asObject(data, where)).map(([name, chosen]) => {
      const rule = ruleIn(name, where);
      return [rule, parametersIn(chosen, rule, `${where}.${rule}`)];
    }),
  );
}

function parametersIn(data: unknown, rule: RuleName, where: string): Chosen {
  const known: Readonly<Record<string, Parameter>> = ruleParameters[rule];
  const fields = fieldsIn(data, where, Object.keys(known));
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const { min, max, unit } = known[name] ?? { min: 0, max: 0, unit: "" };
      if (!isBetween(value, min, max)) {
        const bounds = `a whole number from ${min} to ${max} (${unit})`;
        throw new SettingsFault(`${where}.${name} is ${JSON.stringify(value)}, not ${bounds}`);
      }
      return [name, value];
    }),
  );
}

function isBetween(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}

function ruleIn(name: unknown, where: string): RuleName {
  const rule = ruleNames.find((known) => known === name);
  if (rule !== undefined) return rule;
  const told = JSON.stringify(name);
  throw new SettingsFault(`${where} names ${told}; the rules are ${ruleNames.join(", ")}`);
}

function asObject(data: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new SettingsFault(`${where} is not an object`);
  }
  return data as Readonly<Record<string, unknown>>;
}
