/** What administrators ask about risk, from a request's body to the command of the log. */
import { Restriction, riskLimitNames, ShortSales } from "../risk-limits.ts";
import type { RiskLimitName, RiskLimits } from "../risk-limits.ts";
import type { RiskCommand } from "../risk-messages.ts";
import { parseAmount } from "../units.ts";
import type { Amount } from "../units.ts";
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import type {
  RiskLimitValues,
  SetRiskGroupRequest,
  SetRiskLimitsRequest,
} from "./risk-requests.ts";

type TranslatedCommand =
  | { readonly kind: "command"; readonly command: RiskCommand }
  | { readonly kind: "fault"; readonly fault: RequestFault };

export function riskLimitsSet(author: string, request: SetRiskLimitsRequest): TranslatedCommand {
  const { account = "", group = "", quote = "", symbol = "", reason } = request;
  const limits = limitsOf(request.limits);
  if (limits === undefined) {
    const fault = fieldFault("limits", "It is more than a ledger can hold.");
    return { kind: "fault", fault };
  }
  const scope = { account, group, quote, symbol };
  return { kind: "command", command: { kind: "set-risk-limits", scope, limits, author, reason } };
}

export function riskGroupSet(author: string, request: SetRiskGroupRequest): TranslatedCommand {
  const { account, group = "", reason } = request;
  return { kind: "command", command: { kind: "set-risk-group", account, group, author, reason } };
}

/** Undefined when an amount is beyond all ledgers. */
function limitsOf(values: RiskLimitValues): RiskLimits | undefined {
  const limits: Partial<Record<RiskLimitName, Amount>> = {};
  for (const name of riskLimitNames) {
    const value = values[name];
    if (value === undefined) continue;
    const limit = typeof value === "number" ? value + 0 : valueOf(value);
    if (limit === undefined) return undefined;
    limits[name] = limit;
  }
  return limits as RiskLimits;
}

const words: Readonly<Record<string, number>> = { ...Restriction, ...ShortSales };

/** Of an amount, or of a restriction in a word. */
function valueOf(text: string): Amount | undefined {
  return words[text] ?? parseAmount(text);
}
