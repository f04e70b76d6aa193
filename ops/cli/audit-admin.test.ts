/** Who agreed is shown, with what a signature is worth where it is not what it says. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { initKeys } from "../credentials/keys.ts";
import type { AdministrativeAct } from "../record/admin-commands.ts";
import { trustedBy } from "./administrators-trusted.ts";
import { renderActs } from "./audit-admin.ts";

const act: AdministrativeAct = {
  ...{ shard: 0, sequence: 1, index: 0, timeUs: 0, command: "halt-trading", target: "" },
  ...{ author: "ann", reason: "", producer: "gw-1", outcome: "done" },
  ...{ approvals: [], signatures: [] },
};

/** What stands under AGREED. */
function agreed(change: Partial<AdministrativeAct>): string {
  const [head = "", row = ""] = stripVTControlCharacters(renderActs([{ ...act, ...change }])).split(
    "\n",
  );
  return row.slice(head.indexOf("AGREED"), head.indexOf("OUTCOME")).trim();
}

it("is told when it was to the microsecond, as --from and --to take it", () => {
  const [, row = ""] = renderActs([{ ...act, timeUs: 1_795_000_000_123_456 }]).split("\n");
  expect(row).toMatch(/^2026-11-18T11:06:40\.123456Z /);
});

describe("who agreed", () => {
  it("is whoever signed, and for two steps who took them", () => {
    expect(agreed({})).toBe("");
    expect(agreed({ approvals: ["ann", "ann"] })).toBe("ann alone");
    expect(agreed({ approvals: ["ann", "ben", "cleo"] })).toBe("ann and ben and cleo");
  });

  it("is doubted where the signature is not theirs", () => {
    const signature = (approver: string, verdict: string) => ({ approver, verdict, untilUs: 7 });
    const genuine = signature("ben", "genuine");
    expect(agreed({ approvals: ["ben"], signatures: [genuine] })).toBe("ben");
    const signatures = [genuine, signature("cleo", "approval-forged")];
    expect(agreed({ approvals: ["ben", "cleo"], signatures })).toBe(
      "ben and cleo (cleo: approval-forged)",
    );
  });
});

describe("by whose word approvers are known", () => {
  it("is that of the cluster's keys, and of tokens that are named", async () => {
    const place = mkdtempSync(join(tmpdir(), "outcry-trust-"));
    try {
      for (const name of ["now", "before"]) await initKeys(join(place, name));
      const before = join(place, "before", "accounts", "clients", "account.jwt");
      const [now, then, ...others] = trustedBy({ administrators: [before] }, join(place, "now"));
      expect([now?.issuers.length, then?.issuers.length, others.length]).toEqual([1, 1, 0]);
      expect(now?.account).not.toBe(then?.account);
      expect(trustedBy({ administrators: [before] }, join(place, "nowhere"))).toEqual([then]);
      const missing = { administrators: [join(place, "none.jwt")] };
      expect(() => trustedBy(missing, join(place, "now"))).toThrow("there is no ");
      const engine = join(place, "now", "accounts", "engine", "account.jwt");
      expect(() => trustedBy({ administrators: [engine] }, place)).toThrow(
        "without administrators",
      );
      const seed = join(place, "now", "accounts", "clients", "admin.seed");
      expect(() => trustedBy({ administrators: [seed] }, place)).toThrow("holds no token");
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
