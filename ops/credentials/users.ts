/**
 * Issues users' credentials. A user is a role and a name; the role's signing key vouches for both,
 * and the servers work out what the user may do. No server has to hear of a new user beforehand.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encodeUser, fmtCreds } from "@nats-io/jwt";
import type { ClaimsData, User as UserClaims } from "@nats-io/jwt";
import { isErrno } from "../../cluster/errno.ts";
import { parseCredentials } from "../../protocols/credentials.ts";
import { CredentialsFault } from "./credentials-fault.ts";
import { SystemKeyPair } from "./key-pair.ts";
import type { Keys, Signer } from "./keys.ts";
import type { RoleName } from "./permissions.ts";
import { inboxPrefix, isUserName } from "./permissions.ts";
import { claimsIn } from "./token.ts";

export interface User {
  readonly role: RoleName;
  readonly name: string;
  /** Seconds since 1970. Servers refuse the user from then on, and close its connections. */
  readonly expiresAtSeconds?: number;
}

export interface MintedUser {
  /** The text of a standard .creds file. */
  readonly creds: string;
  /** Where that text was written, readable by its owner only. */
  readonly file: string;
  /** Connect with this, or no reply can be received. */
  readonly inboxPrefix: string;
}

/** Issues new credentials and writes them. Earlier ones of the same user stay valid. */
export async function mintUser(
  { directory, signers }: Pick<Keys, "directory" | "signers">,
  user: User,
): Promise<MintedUser> {
  return await mintWith({ directory, signer: signers[user.role] }, user);
}

/** As {@link mintUser}, with nothing but the signing key of the user's role. */
export async function mintWith(
  { directory, signer }: { readonly directory: string; readonly signer: Signer },
  user: User,
): Promise<MintedUser> {
  const creds = await signUser(signer, user);
  const file = credsPath(directory, user);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(unfinished, creds, { mode: 0o600 });
  await rename(unfinished, file);
  return { creds, file, inboxPrefix: inboxPrefix(user.role, user.name) };
}

/** The credentials written earlier, if they are still good for these keys; otherwise new ones. */
export async function ensureUser(
  keys: Pick<Keys, "directory" | "signers">,
  user: Omit<User, "expiresAtSeconds">,
): Promise<MintedUser> {
  checkName(user.name);
  const file = credsPath(keys.directory, user);
  const creds = await readCreds(file);
  if (creds === undefined) return await mintUser(keys, user);
  const claims = readClaims(creds, file);
  if (!isVouchedFor(claims, keys.signers[user.role])) return await mintUser(keys, user);
  return { creds, file, inboxPrefix: inboxPrefix(user.role, user.name) };
}

/** Issues credentials with nothing but a role's signing key, and writes nothing. */
export async function signUser(signer: Signer, user: Omit<User, "role">): Promise<string> {
  checkName(user.name);
  const issuer = new SystemKeyPair(signer.seed);
  const keyPair = SystemKeyPair.create("user");
  const expiry = user.expiresAtSeconds === undefined ? {} : { exp: user.expiresAtSeconds };
  // A scoped user must claim no permissions of its own: servers refuse it otherwise.
  const jwt = await encodeUser(
    user.name,
    keyPair,
    signer.accountId,
    {},
    {
      signer: issuer,
      scopedUser: true,
      ...expiry,
    },
  );
  return textDecoder.decode(fmtCreds(jwt, keyPair));
}

function checkName(name: string): void {
  if (isUserName(name)) return;
  throw new CredentialsFault(
    "user-name-invalid",
    `${JSON.stringify(name)} is no user name: a to z, 0 to 9 and hyphens, at most 31 of them`,
  );
}

function readClaims(creds: string, file: string): ClaimsData<UserClaims> {
  try {
    return claimsIn(parseCredentials(creds).jwt);
  } catch (error) {
    throw new CredentialsFault("key-malformed", `${file} holds no credentials`, { cause: error });
  }
}

function isVouchedFor(claims: ClaimsData<UserClaims>, signer: Signer): boolean {
  const issuer = new SystemKeyPair(signer.seed).getPublicKey();
  const expired = claims.exp !== undefined && claims.exp * 1000 <= Date.now();
  return claims.iss === issuer && claims.nats.issuer_account === signer.accountId && !expired;
}

async function readCreds(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function credsPath(directory: string, user: Pick<User, "role" | "name">): string {
  return join(directory, "users", user.role, `${user.name}.creds`);
}

const textDecoder = new TextDecoder();
