/** Tokens as NATS issues them (JWT, signed with Ed25519), read without the library's own arithmetic. */
import { createPublicKey, verify } from "node:crypto";
import type { Account, ClaimsData, Operator, User } from "@nats-io/jwt";
import { CredentialsInvalid, publicKeyIn } from "../../protocols/credentials.ts";

/** What a token claims, if it was signed by whom it says. Throws `CredentialsInvalid`. */
export function claimsIn<Of extends Account | Operator | User>(token: string): ClaimsData<Of> {
  const [, body = "", signature = ""] = token.split(".");
  const claims = parse<ClaimsData<Of>>(body);
  const issuer = createPublicKey({
    key: Buffer.from(publicKeyIn(claims.iss, claims.iss.startsWith("O") ? "operator" : "account")),
    format: "raw-public",
    asymmetricKeyType: "ed25519",
  });
  const signed = Buffer.from(token.slice(0, token.lastIndexOf(".")));
  if (!verify(null, signed, issuer, Buffer.from(signature, "base64url"))) {
    throw new CredentialsInvalid("a token was not signed by whom it says");
  }
  return claims;
}

function parse<Claims extends { readonly iss: string }>(body: string): Claims {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(body, "base64url").toString());
  } catch (error) {
    throw new CredentialsInvalid("this is no token", { cause: error });
  }
  const hasIssuer =
    typeof claims === "object" &&
    claims !== null &&
    "iss" in claims &&
    typeof claims.iss === "string";
  if (!hasIssuer) throw new CredentialsInvalid("a token says who issued it");
  return claims as Claims;
}
