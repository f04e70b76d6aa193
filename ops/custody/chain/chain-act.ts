/** What can be done to the simulated chain, as its journal has it and as it is asked for. */
import { Type } from "typebox";
import type { Static } from "typebox";
import { Check } from "typebox/value";
import type { SignedTransfer } from "./chain.ts";
import { isSignedTransfer, nonce, outputs } from "./transfer.ts";

const closed = { additionalProperties: false };
const transaction = Type.String({ maxLength: 64 });
const kind = <Name extends string>(name: Name) => ({ kind: Type.Literal(name) });

const issue = Type.Object({ ...kind("issue"), nonce, outputs }, closed);
const simple = Type.Union([
  issue,
  Type.Object({ ...kind("mine"), blocks: Type.Integer({ minimum: 1, maximum: 10_000 }) }, closed),
  /** Those left out of the new blocks are lost, and can be found. */
  Type.Object(
    {
      ...kind("reorganize"),
      depth: Type.Integer({ minimum: 1, maximum: 10_000 }),
      without: Type.Array(transaction),
    },
    closed,
  ),
  Type.Object({ ...kind("lose"), transaction }, closed),
  Type.Object({ ...kind("find"), transaction }, closed),
]);

export type Issue = Static<typeof issue>;
export type ChainAct =
  Static<typeof simple> | { readonly kind: "submit"; readonly transfer: SignedTransfer };

export function isChainAct(value: unknown): value is ChainAct {
  if (Check(simple, value)) return true;
  const { kind, transfer } = Object(value) as { kind?: unknown; transfer?: unknown };
  return kind === "submit" && isSignedTransfer(transfer);
}
