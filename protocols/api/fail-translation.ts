/** Permissions to fail as commands, and deliveries as replies. */
import type { DeliveryView, FailPermission } from "../fails.ts";
import { parseAmount } from "../units.ts";
import { dateText } from "./clearing-translation.ts";
import { fieldFault } from "./errors.ts";
import type {
  DeliveryTerms,
  FailPermissionTerms,
  SetFailPermissionRequest,
} from "./fail-requests.ts";

// Adding 0 makes 0 of the -0 that JSON can hold.
export function failPermissionSet(author: string, request: SetFailPermissionRequest) {
  const { account, asset, penaltyBasisPoints, buyInDays, reason } = request;
  const limit = parseAmount(request.limit);
  if (limit === undefined) {
    return {
      kind: "fault",
      fault: fieldFault("limit", "It is more than a ledger can hold."),
    } as const;
  }
  const command = {
    ...({ kind: "set-fail-permission", account, asset, limit } as const),
    ...{ penaltyBasisPoints: penaltyBasisPoints + 0, buyInDays: buyInDays + 0, author, reason },
  };
  return { kind: "command", command } as const;
}

export function renderFailPermission({ limit, ...terms }: FailPermission): FailPermissionTerms {
  return { ...terms, limit: String(limit) };
}

export function renderDelivery({ since, date, ...view }: DeliveryView): DeliveryTerms {
  return { ...view, since: dateText(since), date: dateText(date) };
}
