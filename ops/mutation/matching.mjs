/**
 * `npm run mutation` changes the matching code in one small place at a time and runs the tests of
 * the order book, to see that at least one of them fails. What survives, and why:
 * docs/protocols/matching-mutations.md. It takes long, so it is no part of `npm run check`.
 */
import { mutationsOf } from "./settings.mjs";

const mutated = [
  "call-auction",
  "continuous-matching",
  "order-book",
  "price-ladder",
  "reach",
  "resting-orders",
];

export default mutationsOf({
  name: "matching",
  mutate: mutated.map((name) => `actors/order-book/${name}.ts`),
  score: 92,
});
