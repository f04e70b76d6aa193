/**
 * A workload for whoever has none of the published ones: a market that wanders, one new order in
 * seven immediate, one message in ten a modify, most orders canceled before they trade. The same
 * on every machine.
 */
import { SmallRandom } from "../../../actors/order-book/testing/small-random.ts";
import { Side } from "../../../protocols/order-terms.ts";
import { encodeWorkload } from "../../conform/testing/workload-bytes.ts";
import type { WorkloadMessage } from "../../conform/testing/workload-bytes.ts";
import { MessageType, Workload } from "../../conform/workload.ts";

type StandingOrder = WorkloadMessage & { readonly price: number; readonly quantity: number };

export function syntheticWorkload(orderCount: number): Workload {
  const random = new SmallRandom(1);
  const messages: WorkloadMessage[] = [];
  const alive: StandingOrder[] = [];
  let middle = 30_000;
  for (let orderId = 1; orderId <= orderCount; orderId += 1) {
    if (random.oneIn(4)) middle += random.between(-1, 1);
    const side = random.oneIn(2) ? Side.buy : Side.sell;
    // Mostly passive and near the middle, as in a liquid market.
    const distance = Math.min(random.below(60), random.below(60)) - 2;
    const order = {
      type: MessageType.new,
      orderId,
      side,
      quantity: random.between(1, 100),
      price: side === Side.buy ? middle - distance : middle + distance,
      isImmediate: random.oneIn(7),
    };
    messages.push(order);
    if (!order.isImmediate) alive.push(order);
    // A few thousand orders stand; then one goes for every one that comes.
    if (alive.length < 3000) continue;
    const place = random.below(alive.length);
    const chosen = alive[place]!;
    if (random.oneIn(5)) {
      const price = chosen.price + random.between(-1, 1);
      messages.push({ ...chosen, type: MessageType.modify, price, quantity: chosen.quantity + 1 });
    } else {
      messages.push({ type: MessageType.cancel, orderId: chosen.orderId });
      alive[place] = alive[alive.length - 1]!;
      alive.pop();
    }
  }
  return new Workload(encodeWorkload(messages));
}
