import { expect, it } from "vitest";
import { apiErrorOf } from "../../protocols/api/errors.ts";
import { RejectReason } from "../../protocols/index.ts";
import type { AdminResult } from "../../clients/sdk/index.ts";
import { demoFunding, venueAssets, venueInstruments } from "../config/venue.ts";
import type { VenueAdmin } from "./venue-set-up.ts";
import { setUpVenue } from "./venue-set-up.ts";

/** Answers everything the same and remembers what was asked. */
function adminAnswering(result: AdminResult) {
  const asked: [request: string, body: object][] = [];
  const answer = (request: string) => (body: object) => {
    asked.push([request, body]);
    return Promise.resolve(result);
  };
  const admin: VenueAdmin = {
    addAsset: answer("addAsset"),
    listInstrument: answer("listInstrument"),
    openAccount: answer("openAccount"),
    deposit: answer("deposit"),
  };
  return { admin, asked };
}

function refusal(reason: RejectReason): AdminResult {
  return { ok: false, error: apiErrorOf({ reason }) };
}

it("a venue gets its assets before what is made of them, and funds in whole units", async () => {
  const { admin, asked } = adminAnswering({ ok: true });
  await setUpVenue(admin, [demoFunding]);
  const requests = asked.map(([request]) => request);
  expect(requests.lastIndexOf("addAsset")).toBe(venueAssets.length - 1);
  expect(requests.filter((request) => request === "listInstrument")).toHaveLength(
    venueInstruments.length,
  );
  expect(requests.indexOf("deposit")).toBeGreaterThan(requests.indexOf("openAccount"));
  expect(asked).toContainEqual([
    "deposit",
    { account: "demo", asset: "BTC", amount: "1000000000", reference: "set-up:demo:BTC" },
  ]);
});

it("a venue that has everything already is left as it is", async () => {
  for (const reason of ["asset-exists", "account-exists", "reference-reused"] as const) {
    const { admin } = adminAnswering(refusal(RejectReason[reason]));
    await setUpVenue(admin, [demoFunding]);
  }
});

it("a venue that cannot be set up says what was refused", async () => {
  const { admin } = adminAnswering(refusal(RejectReason["supply-too-large"]));
  await expect(setUpVenue(admin, [demoFunding])).rejects.toThrow(
    '{"asset":"BTC","decimals":8} was refused: There would be more of the asset',
  );
});
