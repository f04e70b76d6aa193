/** The messages of contracts as positional lists: the part of `ordinary-messages.ts` that they are. */
import type { AnnounceContract, PublishIndexPrice } from "./contract-messages.ts";
import { contractStateIn, fieldsOfContractState } from "./contract-terms.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";

type ContractMessage = AnnounceContract | PublishIndexPrice;
export type ContractMessageKind = ContractMessage["kind"];
type OfKind<Kind extends ContractMessageKind> = Extract<ContractMessage, { kind: Kind }>;

interface ContractCodec<Kind extends ContractMessageKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

export const contractCodecs: {
  readonly [Kind in ContractMessageKind]: ContractCodec<Kind>;
} = {
  "announce-contract": {
    number: 210,
    fieldsOf: (message) => [message.shard, message.symbol, ...fieldsOfContractState(message)],
    read: (fields) => ({
      shard: fields.count(),
      symbol: fields.symbol(),
      ...contractStateIn(fields),
    }),
  },
  "publish-index-price": {
    number: 211,
    fieldsOf: ({ symbol, price, author, reason }) => [symbol, price, author, reason],
    read: (fields) => ({
      symbol: fields.symbol(),
      price: fields.integer(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
};
