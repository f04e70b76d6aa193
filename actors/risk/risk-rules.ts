/**
 * The limits of risk that a shard knows of, and which of them an account is held to in an
 * instrument: those of everybody, of its group and its own, of each kind the tightest.
 */
import {
  askForPrices,
  Fields,
  fieldsOfRiskLimits,
  hasRiskLimits,
  riskLimitsIn,
  tighterLimits,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AssetId,
  InstrumentSymbol,
  InstrumentTerms,
  RiskLimits,
  RiskScope,
  ScopedRiskLimits,
} from "../../protocols/index.ts";

/** Of what limits are: of all instruments, of those of one quote asset, or of one. */
export type RiskPlace = Pick<RiskScope, "quote" | "symbol">;

/** What an account is held to at one place. */
export interface AppliedLimits extends RiskPlace {
  /** Under which the account counts what it has used there. */
  readonly key: string;
  readonly limits: RiskLimits;
}

export class RiskRules {
  readonly #limits = new Map<string, ScopedRiskLimits>();
  readonly #groups = new Map<AccountId, string>();
  #revision = 0;
  #asksForPrices = false;
  #limitsDailyLoss = false;

  /** Changes whenever anything here does. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether what instruments trade at has to be known. */
  get asksForPrices(): boolean {
    return this.#asksForPrices;
  }

  /** Whether anybody may lose only so much a day. */
  get limitsDailyLoss(): boolean {
    return this.#limitsDailyLoss;
  }

  /** In how many messages all of it is told. */
  get places(): number {
    return this.#limits.size + this.#groups.size;
  }

  /** In place of what the scope had. Returns itself, or undefined once there is nothing left. */
  set(scope: RiskScope, limits: RiskLimits): RiskRules | undefined {
    if (hasRiskLimits(limits)) this.#limits.set(keyOf(scope), { scope, limits });
    else this.#limits.delete(keyOf(scope));
    return this.#changed();
  }

  /** Likewise; "" for no group. */
  join(account: AccountId, group: string): RiskRules | undefined {
    if (group === "") this.#groups.delete(account);
    else this.#groups.set(account, group);
    return this.#changed();
  }

  #changed(): RiskRules | undefined {
    this.#revision += 1;
    this.#seeWhatIsAsked();
    return this.places === 0 ? undefined : this;
  }

  #seeWhatIsAsked(): void {
    const all = [...this.#limits.values()];
    this.#asksForPrices = all.some(({ limits }) => askForPrices(limits));
    this.#limitsDailyLoss = all.some(({ limits }) => limits.dailyLoss !== undefined);
  }

  groupOf(account: AccountId): string {
    return this.#groups.get(account) ?? "";
  }

  /** From the widest place to the narrowest; nothing for a place without limits. */
  applying(
    account: AccountId,
    { symbol, quote }: Pick<InstrumentTerms, "symbol" | "quote">,
  ): readonly AppliedLimits[] {
    return [
      this.#at(account, { quote: "", symbol: "" }),
      this.#at(account, { quote, symbol: "" }),
      this.#at(account, { quote: "", symbol }),
    ].filter((applied) => applied !== undefined);
  }

  /** At every place where the account is held to anything: by quote asset, then by symbol. */
  allApplying(account: AccountId): readonly AppliedLimits[] {
    const places = new Map<string, RiskPlace>();
    for (const { scope } of this.#limits.values()) {
      const { quote, symbol } = scope;
      places.set(keyOfPlace(scope), { quote, symbol });
    }
    return [...places]
      .sort(byKey)
      .map(([, place]) => this.#at(account, place))
      .filter((applied) => applied !== undefined);
  }

  #at(account: AccountId, place: RiskPlace): AppliedLimits | undefined {
    const group = this.groupOf(account);
    let limits = this.#of({ account: "", group: "", ...place });
    if (group !== "") limits = tighter(limits, this.#of({ account: "", group, ...place }));
    limits = tighter(limits, this.#of({ account, group: "", ...place }));
    return limits && { ...place, key: keyOfPlace(place), limits };
  }

  #of(scope: RiskScope): RiskLimits | undefined {
    return this.#limits.get(keyOf(scope))?.limits;
  }

  /** By scope. */
  limits(): readonly ScopedRiskLimits[] {
    return [...this.#limits].sort(byKey).map(([, scoped]) => scoped);
  }

  /** By account. */
  groups(): readonly (readonly [AccountId, string])[] {
    return [...this.#groups].sort(byKey);
  }

  snapshot(): SavedRiskRules {
    const limits = this.limits().map(({ scope, limits }) => fieldsOfRiskLimits(scope, limits));
    return [limits, this.groups()];
  }

  static restore([limits, groups]: SavedRiskRules): RiskRules {
    const rules = new RiskRules();
    for (const fields of limits) {
      const scoped = riskLimitsIn(new Fields(fields));
      rules.#limits.set(keyOf(scoped.scope), scoped);
    }
    for (const [account, group] of groups) rules.#groups.set(account, group);
    rules.#seeWhatIsAsked();
    return rules;
  }
}

function tighter(a: RiskLimits | undefined, b: RiskLimits | undefined): RiskLimits | undefined {
  return a === undefined || b === undefined ? (a ?? b) : tighterLimits(a, b);
}

// No id has a space in it.
function keyOf({ account, group, quote, symbol }: RiskScope): string {
  return `${account} ${group} ${quote} ${symbol}`;
}

function keyOfPlace({ quote, symbol }: { quote: AssetId; symbol: InstrumentSymbol }): string {
  return `${quote} ${symbol}`;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

export type SavedRiskRules = readonly [
  limits: readonly (readonly unknown[])[],
  groups: readonly (readonly [AccountId, string])[],
];
