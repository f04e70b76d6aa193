/** The rules of custody that a shard knows of, one set for each asset that has a chain. */
import { custodyTermsIn, Fields, fieldsOfCustodyTerms } from "../../protocols/index.ts";
import type { AssetId, CustodyPolicy } from "../../protocols/index.ts";

export class CustodyPolicies {
  readonly #policies = new Map<AssetId, CustodyPolicy>();

  of(asset: AssetId): CustodyPolicy | undefined {
    return this.#policies.get(asset);
  }

  /** By asset. */
  all(): readonly CustodyPolicy[] {
    return [...this.#policies.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
  }

  set(policy: CustodyPolicy): void {
    this.#policies.set(policy.asset, policy);
  }

  snapshot(): SavedCustodyPolicies {
    return this.all().map((policy) => [policy.revision, ...fieldsOfCustodyTerms(policy)]);
  }

  restore(saved: SavedCustodyPolicies): void {
    for (const list of saved) {
      const fields = new Fields(list);
      const revision = fields.count(1);
      this.set({ ...custodyTermsIn(fields), revision });
    }
  }
}

export type SavedCustodyPolicies = readonly (readonly unknown[])[];
