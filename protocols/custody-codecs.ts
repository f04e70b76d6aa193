/** The messages of custody as positional lists: the part of `ordinary-messages.ts` that it is. */
import {
  custodyTermsIn,
  DepositStep,
  fieldsOfCustodyTerms,
  isChainAddress,
  isChainTransaction,
  isWithdrawalReference,
  WithdrawalStep,
} from "./custody.ts";
import type {
  AnnounceCustodyPolicy,
  CustodyCommand,
  CustodyRequest,
  ReleaseWithdrawal,
  WithdrawalCommand,
  WithdrawalSettled,
} from "./custody-messages.ts";
import type { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";
import { isWalletName, SweepStep } from "./sweeps.ts";
import type { SweepTerms } from "./sweeps.ts";

type CustodyMessage =
  CustodyRequest | WithdrawalCommand | CustodyCommand | AnnounceCustodyPolicy | WithdrawalSettled;
export type CustodyKind = CustodyMessage["kind"];
type OfKind<Kind extends CustodyKind> = Extract<CustodyMessage, { kind: Kind }>;

interface CustodyCodec<Kind extends CustodyKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

export const custodyCodecs: { readonly [Kind in CustodyKind]: CustodyCodec<Kind> } = {
  "request-withdrawal": {
    number: 170,
    fieldsOf: (is) => [is.account, is.reference, is.asset, is.amount, is.address],
    read: (fields) => ({
      account: fields.account(),
      reference: textIn(fields, isWithdrawalReference),
      asset: fields.asset(),
      amount: fields.amount(),
      address: textIn(fields, isChainAddress),
    }),
  },
  "cancel-withdrawal": {
    number: 171,
    fieldsOf: ({ account, number }) => [account, number],
    read: (fields) => ({ account: fields.account(), number: fields.count() }),
  },
  "allow-address": { number: 172, fieldsOf: fieldsOfAddress, read: addressIn },
  "forget-address": { number: 173, fieldsOf: fieldsOfAddress, read: addressIn },
  "set-custody-policy": {
    number: 174,
    fieldsOf: (message) => [...fieldsOfCustodyTerms(message), message.author, message.reason],
    read: (fields) => ({ ...custodyTermsIn(fields), ...attributionIn(fields) }),
  },
  "announce-custody-policy": {
    number: 175,
    fieldsOf: ({ shard, policy, ticket }) => [
      ...[shard, ticket, policy.revision],
      ...fieldsOfCustodyTerms(policy),
    ],
    read: (fields) => {
      const [shard, ticket, revision] = [fields.count(), fields.count(), fields.count(1)];
      return { shard, policy: { ...custodyTermsIn(fields), revision }, ticket };
    },
  },
  "release-withdrawal": { number: 176, fieldsOf: fieldsOfNamed, read: namedIn },
  "refuse-withdrawal": { number: 177, fieldsOf: fieldsOfNamed, read: namedIn },
  "advance-withdrawal": {
    number: 178,
    fieldsOf: ({ account, number, step, transaction, author, reason }) => [
      ...[account, number, step, transaction, author, reason],
    ],
    read: (fields) => ({
      account: fields.account(),
      number: fields.count(),
      step: fields.choice(WithdrawalStep.failed) as WithdrawalStep,
      transaction: textIn(fields, (text) => text === "" || isChainTransaction(text)),
      ...attributionIn(fields),
    }),
  },
  "withdrawal-settled": {
    number: 179,
    fieldsOf: ({ asset, amount }) => [asset, amount],
    read: (fields) => ({ asset: fields.asset(), amount: fields.amount() }),
  },
  "assign-deposit-address": {
    number: 180,
    fieldsOf: (message) => [...fieldsOfAddress(message), message.author, message.reason],
    read: (fields) => ({ ...addressIn(fields), ...attributionIn(fields) }),
  },
  "report-deposit": {
    number: 181,
    fieldsOf: (is) => [
      ...[is.asset, is.address, is.amount, is.transaction, is.output, is.step, is.confirmations],
      ...[is.author, is.reason],
    ],
    read: (fields) => ({
      asset: fields.asset(),
      address: textIn(fields, isChainAddress),
      amount: fields.amount(),
      transaction: textIn(fields, isChainTransaction),
      output: fields.count(),
      step: fields.choice(DepositStep.orphaned) as DepositStep,
      confirmations: fields.count(),
      ...attributionIn(fields),
    }),
  },
  "propose-sweep": {
    number: 235,
    fieldsOf: (is) => [...fieldsOfSweep(is), is.reference, is.author, is.reason],
    read: (fields) => ({
      ...sweepIn(fields),
      reference: textIn(fields, isWithdrawalReference),
      ...attributionIn(fields),
    }),
  },
  "release-sweep": {
    number: 236,
    fieldsOf: (is) => [...fieldsOfSweep(is), is.number, is.author, is.reason],
    read: (fields) => ({ ...sweepIn(fields), number: fields.count(), ...attributionIn(fields) }),
  },
  "advance-sweep": {
    number: 237,
    fieldsOf: ({ asset, number, step, transaction, author, reason }) => [
      ...[asset, number, step, transaction, author, reason],
    ],
    read: (fields) => ({
      asset: fields.asset(),
      number: fields.count(),
      step: fields.choice(SweepStep.dropped) as SweepStep,
      transaction: textIn(fields, (text) => text === "" || isChainTransaction(text)),
      ...attributionIn(fields),
    }),
  },
};

function fieldsOfSweep({ asset, from, to, amount }: SweepTerms): readonly OrdinaryField[] {
  return [asset, from, to, amount];
}

function sweepIn(fields: Fields): SweepTerms {
  return {
    asset: fields.asset(),
    from: textIn(fields, isWalletName),
    to: textIn(fields, isWalletName),
    amount: fields.amount(),
  };
}

interface Address {
  readonly account: string;
  readonly asset: string;
  readonly address: string;
}

function fieldsOfAddress({ account, asset, address }: Address): readonly OrdinaryField[] {
  return [account, asset, address];
}

function addressIn(fields: Fields): Address {
  const [account, asset] = [fields.account(), fields.asset()];
  return { account, asset, address: textIn(fields, isChainAddress) };
}

type Named = Omit<ReleaseWithdrawal, "kind" | "approvals">;

function fieldsOfNamed(named: Named): readonly OrdinaryField[] {
  const { account, number, asset, amount, address, author, reason } = named;
  return [account, number, asset, amount, address, author, reason];
}

function namedIn(fields: Fields): Named {
  return {
    account: fields.account(),
    number: fields.count(),
    asset: fields.asset(),
    amount: fields.amount(),
    address: textIn(fields, isChainAddress),
    ...attributionIn(fields),
  };
}

function attributionIn(fields: Fields): { readonly author: string; readonly reason: string } {
  return { author: fields.text(), reason: fields.text() };
}

function textIn(fields: Fields, is: (text: string) => boolean): string {
  const text = fields.text();
  if (!is(text)) throw new MalformedRecords("field is not what it has to look like");
  return text;
}
