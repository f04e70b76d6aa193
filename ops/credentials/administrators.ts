/**
 * Whom a cluster takes for an administrator, as the token of the account says that they are users
 * of: it names the key that signs their role's credentials.
 */
import type { Account } from "@nats-io/jwt";
import type { Administrators } from "../../gateway/approvals/administrator-token.ts";
import { readIfThere } from "../config/data-directory.ts";
import { CredentialsFault } from "./credentials-fault.ts";
import { claimsIn } from "./token.ts";

/** Undefined where there is no such file. Throws `CredentialsFault` where it holds something else. */
export function administratorsIn(file: string): Administrators | undefined {
  const token = readIfThere(file)?.trim();
  if (token === undefined) return undefined;
  try {
    const { sub, nats } = claimsIn<Account>(token);
    const issuers = (nats.signing_keys ?? []).flatMap((key) =>
      typeof key !== "string" && key.role === "admin" ? [key.key] : [],
    );
    if (issuers.length > 0) return { account: sub, issuers };
  } catch (error) {
    throw new CredentialsFault("key-malformed", `${file} holds no token`, { cause: error });
  }
  throw new CredentialsFault("key-malformed", `${file} is of an account without administrators`);
}
