/** What is signed of a transfer, what it is called, and whether it is one. */
import { createHash } from "node:crypto";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { isSignature } from "../signing/ed25519.ts";
import type { Signer } from "../signing/signer.ts";
import { walletIn } from "./address.ts";
import type { Output, SignedTransfer, SubmissionRefusal, Transfer } from "./chain.ts";

const hex = (digits: number) => Type.String({ pattern: `^[0-9a-f]{${String(digits)}}$` });
const closed = { additionalProperties: false };
const outputsMax = 256;

export const outputs = Type.Array(
  Type.Object(
    {
      address: Type.String({ maxLength: 128 }),
      amount: Type.String({ pattern: "^[1-9][0-9]{0,18}$" }),
    },
    closed,
  ),
  { minItems: 1, maxItems: outputsMax },
);
export const nonce = hex(64);
const signedTransfer = Type.Object({ from: hex(64), nonce, outputs, signature: hex(128) }, closed);

/** The same name is the same nonce. */
export function nonceOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

/** The same transfer is the same bytes, whatever order its fields came in. */
export function bytesOf({ from, nonce, outputs }: Transfer): Uint8Array {
  const listed = outputs.map(({ address, amount }) => [address, amount]);
  return Buffer.from(JSON.stringify(["outcry simulated chain 1", from, nonce, listed]));
}

/** Its signature is no part of its name: there may be several over the same. */
export function transactionOf(transfer: Transfer): string {
  return createHash("sha256").update(bytesOf(transfer)).digest("hex");
}

export async function signTransfer(
  signer: Signer,
  { nonce, outputs }: Omit<Transfer, "from">,
): Promise<SignedTransfer> {
  const transfer = { from: Buffer.from(signer.publicKey).toString("hex"), nonce, outputs };
  const signature = await signer.sign(bytesOf(transfer));
  return { ...transfer, signature: Buffer.from(signature).toString("hex") };
}

export function isSignedTransfer(value: unknown): value is SignedTransfer {
  return Check(signedTransfer, value);
}

/** What is wrong with it by itself, whatever the chain's state; for ever, therefore. */
export function whyNeverTaken(transfer: unknown): SubmissionRefusal | undefined {
  if (!isSignedTransfer(transfer)) return "malformed";
  const publicKey = Buffer.from(transfer.from, "hex");
  const signature = Buffer.from(transfer.signature, "hex");
  if (!isSignature(signature, { bytes: bytesOf(transfer), publicKey })) return "signature-wrong";
  return transfer.outputs.every(({ address }) => walletIn(address) !== undefined)
    ? undefined
    : "address-wrong";
}

export function totalOf(outputs: readonly Output[]): bigint {
  return outputs.reduce((total, { amount }) => total + BigInt(amount), 0n);
}
