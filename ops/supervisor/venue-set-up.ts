/**
 * Brings a new exchange to what `ops/config/venue.ts` says: assets, instruments, accounts, funds.
 *
 * Through the administrators' API, like anybody's set-up. Runs at every start: what is there
 * already stays as it is, and a deposit carries a reference under which it is credited once.
 */
import type { AdminResult } from "../../clients/sdk/index.ts";
import type {
  AddAssetRequest,
  DepositRequest,
  ListInstrumentRequest,
  OpenAccountRequest,
} from "../../protocols/api/admin-requests.ts";
import type { Funding } from "../config/venue.ts";
import { fundingReference, venueAssets, venueInstruments } from "../config/venue.ts";
import { SupervisorFault } from "./supervisor-fault.ts";

/** What is asked of the exchange; the SDK's administrator does it. */
export interface VenueAdmin {
  addAsset(request: AddAssetRequest): Promise<AdminResult>;
  listInstrument(request: ListInstrumentRequest): Promise<AdminResult>;
  openAccount(request: OpenAccountRequest): Promise<AdminResult>;
  deposit(request: DepositRequest): Promise<AdminResult>;
}

/** What an earlier start has done already. */
const doneBefore: ReadonlySet<string> = new Set([
  "asset-exists",
  "instrument-exists",
  "account-exists",
  // Funded by a release that gave other amounts.
  "reference-reused",
]);

export async function setUpVenue(admin: VenueAdmin, fundings: readonly Funding[]): Promise<void> {
  await Promise.all(venueAssets.map(async (asset) => settle(asset, await admin.addAsset(asset))));
  await Promise.all([
    ...venueInstruments.map(async (terms) => settle(terms, await admin.listInstrument(terms))),
    ...fundings.map(async ({ account }) => settle(account, await admin.openAccount({ account }))),
  ]);
  const deposits = fundings.flatMap(depositsOf);
  await Promise.all(deposits.map(async (deposit) => settle(deposit, await admin.deposit(deposit))));
}

function depositsOf({ account, funds }: Funding): DepositRequest[] {
  return Object.entries(funds).map(([asset, whole]) => {
    const decimals = venueAssets.find((known) => known.asset === asset)?.decimals ?? 0;
    const amount = String(BigInt(whole) * 10n ** BigInt(decimals));
    return { account, asset, amount, reference: fundingReference(account, asset) };
  });
}

function settle(what: unknown, result: AdminResult): void {
  if (result.ok || doneBefore.has(result.error.name)) return;
  const { message } = result.error;
  throw new SupervisorFault("set-up-failed", `${JSON.stringify(what)} was refused: ${message}`);
}
