/** What becomes of the deliveries of a round: what changes hands, and what failing costs. */
import { add, basisPointsPerUnit, divideCeil, multiply } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  AssetUnits,
  DeliveryFailed,
  PostSettlement,
  SettlementLeg,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Delivery, Exchange } from "./delivery.ts";
import type { FailPermissions } from "./fail-permissions.ts";
import type { SettlementRound } from "./settlement-round.ts";

/** When it was due and is due again, and what it costs whom. */
interface Failure extends Pick<DeliveryFailed, "round" | "date" | "nextDate"> {
  readonly permissions: FailPermissions;
}

type Posted = Pick<PostSettlement, "deliveries" | "penalties">;

/** What deliveries come to for each account. */
class DeliveryOutcome {
  readonly failing = new Set<AccountId>();
  readonly #legs = new Map<AccountId, Map<AssetId, SettlementLeg>>();
  readonly #penalties = new Map<AccountId, Map<AssetId, AssetUnits>>();

  exchanged({ seller, buyer, base, quote }: Delivery, { goods, money }: Exchange): void {
    this.#add(seller, { asset: base, deliver: goods, receive: 0 });
    this.#add(buyer, { asset: base, deliver: 0, receive: goods });
    this.#add(buyer, { asset: quote, deliver: money, receive: 0 });
    this.#add(seller, { asset: quote, deliver: 0, receive: money });
  }

  #add(account: AccountId, { asset, deliver, receive }: SettlementLeg): void {
    const legs = this.#legs.get(account) ?? new Map<AssetId, SettlementLeg>();
    this.#legs.set(account, legs);
    const sum = legs.get(asset) ?? { asset, deliver: 0, receive: 0 };
    const sides = { deliver: add(sum.deliver, deliver), receive: add(sum.receive, receive) };
    legs.set(asset, { asset, ...sides });
  }

  charge(account: AccountId, asset: AssetId, penalty: Amount): void {
    const penalties = this.#penalties.get(account) ?? new Map<AssetId, AssetUnits>();
    this.#penalties.set(account, penalties);
    const units = add(penalties.get(asset)?.units ?? 0, penalty);
    penalties.set(asset, { asset, units });
  }

  /** What an account is told; nothing where it has no deliveries. */
  of(account: AccountId): Posted {
    const deliveries = byAsset(this.#legs.get(account));
    const penalties = byAsset(this.#penalties.get(account));
    if (deliveries.length === 0 && penalties.length === 0) return {};
    return penalties.length === 0 ? { deliveries } : { deliveries, penalties };
  }
}

function byAsset<Part extends { readonly asset: AssetId }>(
  parts: ReadonlyMap<AssetId, Part> | undefined,
): readonly Part[] {
  return [...(parts?.values() ?? [])].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

/** Exchanges what was given of the deliveries of a round, all of whose accounts have confirmed. */
export function settleDeliveries(
  round: SettlementRound,
  permissions: FailPermissions,
): DeliveryOutcome {
  const outcome = new DeliveryOutcome();
  for (const delivery of round.inTurn()) {
    const exchange = delivery.exchange();
    if (exchange.goods > 0) {
      round.exchanged(delivery, exchange);
      outcome.exchanged(delivery, exchange);
    }
    for (const { account, asset, units } of delivery.shorts()) {
      outcome.failing.add(account);
      const { penaltyBasisPoints = 0 } = permissions.of(account, asset) ?? {};
      const value = multiply(delivery.valueOf(asset, units), penaltyBasisPoints);
      if (value > 0) {
        outcome.charge(account, delivery.quote, divideCeil(value, basisPointsPerUnit));
      }
    }
  }
  return outcome;
}

/** What is left of a delivery has failed once more; says who is to be bought in. */
export function failDelivery(
  delivery: Delivery,
  { permissions, ...due }: Failure,
  context: ActorContext,
): void {
  delivery.daysFailed += 1;
  const { daysFailed, symbol, seller, buyer } = delivery;
  const { number, since } = delivery.terms;
  const { goods, money } = delivery.left;
  context.emit({
    ...{ kind: "delivery-failed", delivery: number, ...due },
    ...{ symbol, seller, buyer, goods, money, daysFailed },
  });
  if (delivery.isBuyIn) return;
  for (const { account, asset, units, waiting: counterparty } of delivery.shorts()) {
    const { buyInDays = 0 } = permissions.of(account, asset) ?? {};
    if (buyInDays === 0 || daysFailed < buyInDays) continue;
    delivery.isBuyIn = true;
    context.emit({
      ...{ kind: "buy-in-flagged", delivery: number, account, asset, units },
      ...{ counterparty, since, daysFailed },
    });
  }
}
