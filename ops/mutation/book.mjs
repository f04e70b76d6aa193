/**
 * `npm run mutation:book` does to the actor around an order book what `npm run mutation` does to
 * the matching inside of it. What survives, and why: docs/protocols/book-mutations.md.
 */
import { mutationsOf } from "./settings.mjs";

const mutated = [
  "auctions",
  "kept-orders",
  "peg-price",
  "pegged-orders",
  "placements",
  "price-watch",
  "removals",
  "replacements",
  "submissions",
  "trigger-prices",
];

export default mutationsOf({
  name: "book",
  mutate: mutated.map((name) => `actors/book/${name}.ts`),
  score: 93,
});
