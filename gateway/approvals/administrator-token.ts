/**
 * The token of an administrator's credentials, as NATS issues it: a JWT by which the key of a role
 * vouches for a user's name and key (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt).
 */
import { createPublicKey, verify } from "node:crypto";
import { isStatementName, isToken } from "../../protocols/index.ts";
import { CredentialsInvalid, publicKeyIn } from "../../protocols/credentials.ts";

/** Whom a cluster takes for an administrator. */
export interface Administrators {
  /** The public identity of the account that administrators are users of. */
  readonly account: string;
  /** The public keys that sign administrators' tokens. */
  readonly issuers: readonly string[];
}

/** What a token says whose signature is that of one of the issuers. */
export interface AdministratorToken {
  readonly name: string;
  /** The 32 bytes of the user's public key. */
  readonly publicKey: Uint8Array;
  /** Seconds since 1970 up to which it is valid; Infinity for ever. */
  readonly expiresAtSeconds: number;
}

/** What may be read of one; `stranger` if nobody vouches for it who may. */
export type ReadToken = AdministratorToken | "malformed" | "stranger";

export function readAdministratorToken(text: string, administrators: Administrators): ReadToken {
  if (!isToken(text)) return "malformed";
  const claims = claimsIn(text);
  if (claims === undefined) return "malformed";
  const { iss, sub, name, exp, nats } = claims;
  const { account, issuers } = administrators;
  const isOfRole =
    nats?.issuer_account === account && nats.type === "user" && issuers.includes(iss);
  if (!isOfRole || !isStatementName(name)) return "stranger";
  const [issuer, user] = [publicKeyOf(iss, "account"), publicKeyOf(sub, "user")];
  if (issuer === undefined || user === undefined) return "malformed";
  const signedUpTo = text.lastIndexOf(".");
  const signature = Buffer.from(text.slice(signedUpTo + 1), "base64url");
  if (!isSignedBy(issuer, text.slice(0, signedUpTo), signature)) return "stranger";
  return { name, publicKey: user, expiresAtSeconds: exp ?? Infinity };
}

/** Whether a text was signed with the private half of a key. */
export function isSignedBy(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  const key = createPublicKey({
    key: Buffer.from(publicKey),
    format: "raw-public",
    asymmetricKeyType: "ed25519",
  });
  return verify(null, Buffer.from(text), key, signature);
}

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly name: string;
  readonly exp?: number;
  readonly nats?: { readonly issuer_account?: unknown; readonly type?: unknown };
}

function claimsIn(token: string): Claims | undefined {
  const [header, body] = token.split(".").map(objectIn);
  if (header?.["alg"] !== "ed25519-nkey" || body === undefined) return undefined;
  const { iss, sub, name, exp } = body;
  const areTexts = [iss, sub, name].every((text) => typeof text === "string");
  const isTimeSound = exp === undefined || (typeof exp === "number" && Number.isSafeInteger(exp));
  return areTexts && isTimeSound ? (body as unknown as Claims) : undefined;
}

/** An object as JSON in base64url. */
function objectIn(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function publicKeyOf(encoded: string, kind: "account" | "user"): Uint8Array | undefined {
  try {
    return publicKeyIn(encoded, kind);
  } catch (error) {
    if (error instanceof CredentialsInvalid) return undefined;
    throw error;
  }
}
