/**
 * Directory: what one shard knows of the venue: assets, instruments, fee schedules, whether trading
 * is halted everywhere, and how many administrators it takes for what.
 *
 * The governor tells the directory of every shard; the shard's other actors look things up here and
 * never ask the governor. Learned only by messages, so every replica knows the same at the same
 * sequence.
 */
import {
  areTradingTermsSound,
  assert,
  Fields,
  fieldsOfTerms,
  isIntegerWithin,
  RejectReason,
  termsIn,
  tradingTermsOf,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AssetId,
  AssetView,
  ContractState,
  CustodyPolicy,
  DirectoryMessage,
  FeeSchedule,
  InstrumentSymbol,
  InstrumentTerms,
  NeededApprovals,
  Ticks,
  SettlementCycle,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { ApprovalPolicy } from "../approvals/approval-policy.ts";
import { RecentMap } from "../recent-map.ts";
import { CustodyPolicies } from "./custody-policies.ts";
import type { SavedCustodyPolicies } from "./custody-policies.ts";
import { RiskRules } from "../risk/risk-rules.ts";
import type { SavedRiskRules } from "../risk/risk-rules.ts";
import { KnownContracts } from "./known-contracts.ts";
import type { SavedContracts } from "./known-contracts.ts";
import { LastPrices } from "./last-prices.ts";
import type { SavedLastPrices } from "./last-prices.ts";
import { FeeSchedules } from "./fee-schedules.ts";
import type { SavedFeeSchedules } from "./fee-schedules.ts";
import { SettlementCycles } from "./settlement-cycles.ts";
import type { SavedSettlementCycles } from "./settlement-cycles.ts";

export class Directory implements Actor<DirectoryMessage>, Venue {
  readonly #assets = new Map<AssetId, number>();
  readonly #instruments = new RecentMap<InstrumentSymbol, InstrumentTerms>();
  /** The instruments that are the index of some contract. */
  readonly #indices = new Set<InstrumentSymbol>();
  #isHalted = false;
  #approvalPolicy = new ApprovalPolicy();
  readonly #fees = new FeeSchedules();
  readonly #custody = new CustodyPolicies();
  /** Undefined until the first limit is set: then nothing is asked. */
  #risk: RiskRules | undefined;
  readonly prices = new LastPrices();
  readonly #cycles = new SettlementCycles();
  readonly contracts = new KnownContracts();

  get isHalted(): boolean {
    return this.#isHalted;
  }

  get approvalPolicy(): ApprovalPolicy {
    return this.#approvalPolicy;
  }

  hasAsset(asset: AssetId): boolean {
    return this.#assets.has(asset);
  }

  instrument(symbol: InstrumentSymbol): InstrumentTerms | undefined {
    return this.#instruments.get(symbol);
  }

  /** Whether a contract's index is what this instrument trades at. */
  isIndex(symbol: InstrumentSymbol): boolean {
    return this.#indices.size > 0 && this.#indices.has(symbol);
  }

  feeScheduleOf(symbol: InstrumentSymbol): FeeSchedule | undefined {
    return this.#fees.of(symbol);
  }

  custodyPolicyOf(asset: AssetId): CustodyPolicy | undefined {
    return this.#custody.of(asset);
  }

  lastPriceOf(symbol: InstrumentSymbol): Ticks | undefined {
    return this.prices.of(symbol);
  }

  openingPriceOf(symbol: InstrumentSymbol, day: number): Ticks | undefined {
    return this.prices.openingOf(symbol, day);
  }

  contractOf(symbol: InstrumentSymbol): ContractState | undefined {
    return this.contracts.of(symbol);
  }

  openingMarkOf(symbol: InstrumentSymbol, day: number): Ticks | undefined {
    return this.contracts.openingMarkOf(symbol, day);
  }

  get risk(): RiskRules | undefined {
    return this.#risk;
  }

  settlementCycleOf(symbol: InstrumentSymbol): SettlementCycle | undefined {
    return this.#cycles.of(symbol);
  }

  /** By name. */
  settlementCycles(): readonly SettlementCycle[] {
    return this.#cycles.all();
  }

  /** By asset. */
  custodyPolicies(): readonly CustodyPolicy[] {
    return this.#custody.all();
  }

  /** By name. */
  feeSchedules(): readonly FeeSchedule[] {
    return this.#fees.all();
  }

  /** In the order of listing. */
  instruments(): readonly InstrumentTerms[] {
    return [...this.#instruments.values()];
  }

  /** In the order of adding. */
  assets(): readonly AssetView[] {
    return [...this.#assets].map(([asset, decimals]) => ({ asset, decimals }));
  }

  receive(message: DirectoryMessage, context: ActorContext): void {
    switch (message.kind) {
      case "announce-asset":
        this.#assets.set(message.asset, message.decimals);
        return;
      case "announce-instrument":
        assert(!this.#instruments.has(message.terms.symbol), "an instrument was listed twice");
        this.#list(message.terms);
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-venue-halt":
        this.#isHalted = message.isHalted;
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-approval-policy":
        this.#approvalPolicy = new ApprovalPolicy(message.policy);
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-fee-schedule": {
        const { schedule, symbols, minimum, tiers, ticket } = message;
        this.#fees.set({ schedule, symbols, minimum, tiers });
        context.send({ kind: "ticket-served", ticket });
        return;
      }
      case "announce-custody-policy":
        this.#custody.set(message.policy);
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-risk-limits":
        this.#risk = (this.#risk ?? new RiskRules()).set(message.scope, message.limits);
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-price":
        this.prices.hear(message);
        return;
      case "announce-contract":
        this.contracts.hear(message);
        return;
      case "announce-risk-group":
        this.#risk = (this.#risk ?? new RiskRules()).join(message.account, message.group);
        context.send({ kind: "ticket-served", ticket: message.ticket });
        return;
      case "announce-settlement-cycle": {
        const { kind: _, shard: __, ticket, ...terms } = message;
        this.#cycles.set(terms);
        context.send({ kind: "ticket-served", ticket });
        return;
      }
      default:
        unreachable(message);
    }
  }

  #list(terms: InstrumentTerms): void {
    this.#instruments.set(terms.symbol, terms);
    if (terms.contract !== undefined && terms.contract.indexSymbol !== "") {
      this.#indices.add(terms.contract.indexSymbol);
    }
  }

  snapshot(): unknown {
    const saved = [[...this.#assets], this.instruments().map(fieldsOfTerms), this.#isHalted];
    const { entries } = this.#approvalPolicy;
    const [fees, custody] = [this.#fees.snapshot(), this.#custody.snapshot()];
    const [cycles, contracts] = [this.#cycles.snapshot(), this.contracts.snapshot()];
    // Nothing, as in snapshots from before, where nobody has to approve and there are no schedules.
    const [risk, prices] = [this.#risk?.snapshot(), this.prices.snapshot()];
    const before = [...saved, entries, fees, custody] as const;
    const withPrices = [...before, risk ?? null, prices] as const;
    if (contracts.length > 0) return [...withPrices, cycles, contracts];
    if (cycles.length > 0) return [...withPrices, cycles];
    if (prices.length > 0) return withPrices;
    if (risk !== undefined) return [...before, risk];
    if (custody.length > 0) return [...saved, entries, fees, custody];
    if (fees.length > 0) return [...saved, entries, fees];
    return entries.length === 0 ? saved : [...saved, entries];
  }

  static restore(data: unknown): Directory {
    const [assets, instruments, isHalted, policy = [], ...later] = data as SavedDirectory;
    const [fees = [], custody = [], risk = null, prices = [], cycles = [], contracts = []] = later;
    const directory = new Directory();
    for (const [asset, decimals] of assets) directory.#assets.set(asset, decimals);
    for (const fields of instruments) {
      const terms = termsIn(new Fields(fields));
      directory.#list(terms);
    }
    directory.#isHalted = isHalted;
    directory.#approvalPolicy = new ApprovalPolicy(policy);
    directory.#fees.restore(fees);
    directory.#custody.restore(custody);
    if (risk !== null) directory.#risk = RiskRules.restore(risk);
    directory.prices.restore(prices);
    directory.#cycles.restore(cycles);
    directory.contracts.restore(contracts);
    return directory;
  }
}

type SavedDirectory = readonly [
  assets: readonly (readonly [AssetId, number])[],
  instruments: readonly (readonly unknown[])[],
  isHalted: boolean,
  policy?: readonly NeededApprovals[],
  fees?: SavedFeeSchedules,
  custody?: SavedCustodyPolicies,
  risk?: SavedRiskRules | null,
  prices?: SavedLastPrices,
  cycles?: SavedSettlementCycles,
  contracts?: SavedContracts,
];

/** The widest fee a venue may charge: a tenth of the notional. */
const feeBasisPointsLimit = 1000;
const unitsPerLotMax = 2 ** 40;

/** Why terms could not be listed, as far as the terms alone can tell. */
export function whyNotList(terms: InstrumentTerms): RejectReason {
  const isSound =
    terms.base !== terms.quote &&
    isIntegerWithin(terms.baseUnitsPerLot, 1, unitsPerLotMax) &&
    isIntegerWithin(terms.quoteUnitsPerTickLot, 1, unitsPerLotMax) &&
    isIntegerWithin(terms.makerFeeBasisPoints, 0, feeBasisPointsLimit) &&
    isIntegerWithin(terms.takerFeeBasisPoints, 0, feeBasisPointsLimit) &&
    areTradingTermsSound(tradingTermsOf(terms));
  return isSound ? RejectReason.none : RejectReason["instrument-terms-invalid"];
}
