/** The addresses that one account may withdraw to, and since when it has said so. */
import { addressesMax, RejectReason } from "../../protocols/index.ts";
import type {
  AllowAddress,
  AllowedAddressView,
  AssetId,
  ForgetAddress,
  TimeUs,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";

const { none } = RejectReason;
const secondUs = 1_000_000;

interface Place {
  readonly asset: AssetId;
  readonly address: string;
}

export class AllowedAddresses {
  /** In the order of saying so; what was said is not said anew by being said again. */
  readonly #since = new Map<string, Place & { readonly sinceUs: TimeUs }>();

  allow({ asset, address }: AllowAddress, { venue, timeUs }: ActorContext): RejectReason {
    if (venue.custodyPolicyOf(asset) === undefined) return RejectReason["custody-unknown"];
    const key = keyOf({ asset, address });
    if (this.#since.has(key)) return none;
    if (this.#since.size >= addressesMax) return RejectReason["addresses-too-many"];
    this.#since.set(key, { asset, address, sinceUs: timeUs });
    return none;
  }

  forget(place: ForgetAddress): RejectReason {
    return this.#since.delete(keyOf(place)) ? none : RejectReason["address-unknown"];
  }

  /** Why nothing may go there. */
  whyNot(place: Place, { venue, timeUs }: ActorContext): RejectReason {
    const allowed = this.#since.get(keyOf(place));
    if (allowed === undefined) return RejectReason["address-unknown"];
    const isCool = timeUs >= usableFromUs(allowed, venue);
    return isCool ? none : RejectReason["address-cooling-off"];
  }

  views(venue: Venue): readonly AllowedAddressView[] {
    return [...this.#since.values()].map((allowed) => {
      const { asset, address } = allowed;
      return { asset, address, usableFromUs: usableFromUs(allowed, venue) };
    });
  }

  snapshot(): SavedAddresses {
    return [...this.#since.values()].map(({ asset, address, sinceUs }) => [
      asset,
      address,
      sinceUs,
    ]);
  }

  restore(saved: SavedAddresses): void {
    for (const [asset, address, sinceUs] of saved) {
      this.#since.set(keyOf({ asset, address }), { asset, address, sinceUs });
    }
  }
}

/** By the rules of now: who makes them stricter means what was allowed before, too. */
function usableFromUs({ asset, sinceUs }: { asset: AssetId; sinceUs: TimeUs }, venue: Venue) {
  return sinceUs + (venue.custodyPolicyOf(asset)?.coolOffSeconds ?? 0) * secondUs;
}

function keyOf({ asset, address }: Place): string {
  return `${asset} ${address}`;
}

export type SavedAddresses = readonly (readonly [AssetId, address: string, sinceUs: TimeUs])[];
