/** What a custodian asks of the exchange and says to it: the SDK's client, or a test's. */
import type { CustodianClient } from "../../clients/sdk/index.ts";
import type { CustodyRules } from "../../protocols/api/custody-requests.ts";

export type Exchange = Omit<CustodianClient, "close">;

export type Policy = Pick<CustodyRules, "asset" | "custodian" | "confirmations">;

/** What happened, for the log and for whoever watches. */
export type Tell = (
  event: { readonly kind: string; readonly level?: "error" } & Readonly<Record<string, unknown>>,
) => void;
