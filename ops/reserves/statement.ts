/**
 * Statement of liabilities: what a venue says that it owes of each asset at one place of its logs,
 * in a root for each, signed. This is what is published; everybody has to be shown the same.
 */
import { createPrivateKey, sign } from "node:crypto";
import { Type } from "typebox";
import type { Static } from "typebox";
import { Check } from "typebox/value";
import { isSignedBy } from "../../gateway/approvals/administrator-token.ts";
import { CredentialsInvalid, parseCredentials, publicKeyIn } from "../../protocols/credentials.ts";
import { ReservesFault } from "./reserves-fault.ts";

const closed = { additionalProperties: false };
const hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** Of a line that is signed each part has one form, and none can hold another line. */
const entries = Type.String({ pattern: "^[0-9a-f]{2,128}$" });
/** Of at least zero: what is below that has no form. */
export const sum = Type.String({ pattern: "^(0|[1-9][0-9]{0,18})$" });
const count = Type.Integer({ minimum: 0 });

export const statement = Type.Object(
  {
    version: Type.Literal(1),
    cluster: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" }),
    /** Log time, µs since 1970: nothing later is in it. */
    timeUs: count,
    /** The last entry of each shard that is in it, and the hash over all up to there. */
    shards: Type.Array(Type.Object({ shard: count, sequence: count, entries }, closed)),
    assets: Type.Array(
      Type.Object(
        {
          asset: Type.String({ pattern: "^[A-Z0-9]{1,15}$" }),
          root: hash,
          /** Units that accounts are owed. */
          total: sum,
          leaves: count,
          /** On its way between shards at that moment, in no account. */
          underWay: Type.String({ pattern: "^-?[0-9]{1,19}$" }),
        },
        closed,
      ),
    ),
    signer: Type.String({ pattern: "^U[A-Z2-7]{55}$" }),
    signature: Type.String({ pattern: "^[A-Za-z0-9_-]{86}$" }),
  },
  closed,
);

export type Statement = Static<typeof statement>;
export type UnsignedStatement = Omit<Statement, "signer" | "signature">;

/** The lines that are signed: anybody can write them down again. */
export function statementLines(of: UnsignedStatement): string {
  return [
    "outcry reserves 1",
    `cluster ${of.cluster}`,
    `time ${String(of.timeUs)}`,
    ...of.shards.map((is) => `shard ${String(is.shard)} ${String(is.sequence)} ${is.entries}`),
    ...of.assets.map(
      (is) => `asset ${is.asset} ${is.root} ${is.total} ${String(is.leaves)} ${is.underWay}`,
    ),
    "",
  ].join("\n");
}

/**
 * @param credentials the text of a .creds file, by whose key it is signed
 * @param signer the public half of that key, as NATS writes it
 */
export function signStatement(
  of: UnsignedStatement,
  { credentials, signer }: { readonly credentials: string; readonly signer: string },
): Statement {
  const { seed } = parseCredentials(credentials);
  const key = createPrivateKey({
    key: Buffer.from(seed),
    format: "raw-private",
    asymmetricKeyType: "ed25519",
  });
  const signature = sign(null, Buffer.from(statementLines(of)), key).toString("base64url");
  return { ...of, signer, signature };
}

/** Throws {@link ReservesFault}. */
export function checkStatement(value: unknown): Statement {
  if (!Check(statement, value))
    throw new ReservesFault("statement-malformed", "it is no statement");
  if (new Set(value.assets.map(({ asset }) => asset)).size !== value.assets.length)
    throw new ReservesFault("statement-malformed", "it states one asset twice");
  const { signer, signature, ...of } = value;
  const isSigned = isSignedBy(
    keyOf(signer),
    statementLines(of),
    Buffer.from(signature, "base64url"),
  );
  if (isSigned) return value;
  throw new ReservesFault("statement-forged", "the statement was not signed by its signer");
}

function keyOf(signer: string): Uint8Array {
  try {
    return publicKeyIn(signer, "user");
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    throw new ReservesFault("statement-malformed", "its signer is no key");
  }
}
