/**
 * Brings a new exchange to what `ops/config/venue.ts` says: assets, instruments, accounts, funds.
 *
 * Through the administrators' API, like anybody's set-up. Runs at every start: what is there
 * already stays as it is, and a deposit carries a reference under which it is credited once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Funding } from "../config/venue.ts";
import { fundingReference, venueAssets, venueInstruments } from "../config/venue.ts";
import { SupervisorFault } from "./supervisor-fault.ts";

/** One request of an administrator, by name; resolves with the reply as the API has it. */
export type AskAdmin = (request: AdminRequest, body: object) => Promise<AdminReply>;

export type AdminRequest = "asset.add" | "instrument.list" | "account.open" | "deposit";

export type AdminReply =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

/** What an earlier start has done already. */
const doneBefore: ReadonlySet<string> = new Set([
  "asset-exists",
  "instrument-exists",
  "account-exists",
  // Funded by a release that gave other amounts.
  "reference-reused",
]);
/** What may be asked again: nothing was done, or it is done once however often it is asked. */
const passing: ReadonlySet<string> = new Set([
  "busy",
  "rate-exceeded",
  "cluster-unavailable",
  "execution-status-unknown",
]);
const attemptsMax = 10;
const retryMs = 100;

export async function setUpVenue(ask: AskAdmin, fundings: readonly Funding[]): Promise<void> {
  await all(venueAssets, (asset) => request(ask, "asset.add", asset));
  await Promise.all([
    all(venueInstruments, (terms) => request(ask, "instrument.list", terms)),
    all(fundings, ({ account }) => request(ask, "account.open", { account })),
  ]);
  await all(fundings, (funding) => fund(ask, funding));
}

async function fund(ask: AskAdmin, { account, funds }: Funding): Promise<void> {
  await all(Object.entries(funds), ([asset, whole]) => {
    const decimals = venueAssets.find((known) => known.asset === asset)?.decimals ?? 0;
    const amount = String(BigInt(whole) * 10n ** BigInt(decimals));
    const reference = fundingReference(account, asset);
    return request(ask, "deposit", { account, asset, amount, reference });
  });
}

async function request(ask: AskAdmin, name: AdminRequest, body: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const reply = await ask(name, body);
    if (reply.ok || doneBefore.has(reply.error.name)) return;
    if (!passing.has(reply.error.name) || attempt === attemptsMax) {
      const what = `${name} ${JSON.stringify(body)}`;
      throw new SupervisorFault("set-up-failed", `${what} was refused: ${reply.error.message}`);
    }
    await sleep(retryMs);
  }
}

async function all<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<void>,
): Promise<void> {
  await Promise.all(items.map(action));
}
