/**
 * The keys of one cluster: an operator, its accounts, and one scoped signing key for each role.
 * They are made once for a data directory and live in files that only their owner can read.
 *
 *   <directory>/operator.{seed,jwt}
 *   <directory>/accounts/<account>/account.{seed,jwt}
 *   <directory>/accounts/<account>/<role>.seed       signs that role's users, and nothing else
 *   <directory>/routes.secret                        with which the servers know each other
 *
 * Running servers need none of the seeds, and adding users needs a role's seed only: the operator's
 * and the accounts' seeds can be kept elsewhere until permissions change.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Account, SigningKey } from "@nats-io/jwt";
import { encodeAccount, encodeOperator, Types } from "@nats-io/jwt";
import type { KeyPair } from "@nats-io/nkeys";
import { isErrno } from "../../cluster/errno.ts";
import type { KeyKind } from "../../protocols/credentials.ts";
import { CredentialsFault } from "./credentials-fault.ts";
import { SystemKeyPair } from "./key-pair.ts";
import type { AccountName, RoleName, RolePermissions } from "./permissions.ts";
import { roleNames, roles } from "./permissions.ts";
import { claimsIn } from "./token.ts";

/** What a server's configuration needs, and what signs users. */
export interface Keys {
  readonly directory: string;
  readonly operatorJwt: string;
  readonly accounts: Readonly<Record<AccountName, AccountToken>>;
  readonly signers: Readonly<Record<RoleName, Signer>>;
  readonly routesSecret: string;
}

export interface AccountToken {
  readonly id: string;
  readonly jwt: string;
}

/** Enough to add users of one role, on any machine, while the servers run. */
export interface Signer {
  readonly role: RoleName;
  readonly accountId: string;
  readonly seed: string;
}

const accountNames: readonly AccountName[] = ["SYS", "ENGINE", "CLIENTS"];

/**
 * Makes what is missing and keeps what is there, so it can run at every start, and twice at once.
 * Tokens are issued again when they no longer say what `permissions.ts` says.
 */
export async function initKeys(directory: string): Promise<Keys> {
  if (await isLockedAway(directory)) return await loadKeys(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const operator = await ensureSeed(paths.operatorSeed(directory), "operator");
  await ensureSecret(paths.routesSecret(directory), () => randomBytes(24).toString("base64url"));
  for (const account of accountNames) await initAccount(directory, operator, account);
  const systemAccount = await readAccount(directory, "SYS");
  await ensureToken(paths.operatorJwt(directory), {
    name: "outcry",
    subject: operator,
    issuer: operator,
    claims: { system_account: systemAccount.id, type: Types.Operator, version: 2 },
    encode: async (claims) => await encodeOperator("outcry", operator, claims),
  });
  return await loadKeys(directory);
}

/** Reads what `initKeys` made. Neither the operator's nor the accounts' seeds need to be there. */
export async function loadKeys(directory: string): Promise<Keys> {
  const [SYS, ENGINE, CLIENTS] = await Promise.all([
    readAccount(directory, "SYS"),
    readAccount(directory, "ENGINE"),
    readAccount(directory, "CLIENTS"),
  ]);
  const signers = await Promise.all(
    roleNames.map(async (role) => [role, await loadSigner(directory, role)] as const),
  );
  return {
    directory,
    operatorJwt: await readKeyFile(paths.operatorJwt(directory)),
    accounts: { SYS, ENGINE, CLIENTS },
    signers: Object.fromEntries(signers) as Record<RoleName, Signer>,
    routesSecret: await readKeyFile(paths.routesSecret(directory)),
  };
}

/** Reads one role's signing key; of all files it needs only that and the account's token. */
export async function loadSigner(directory: string, role: RoleName): Promise<Signer> {
  const { id } = await readAccount(directory, roles[role].account);
  return { role, accountId: id, seed: await readKeyFile(paths.roleSeed(directory, role)) };
}

/** Where an account's token lies: it holds no secret. */
export function accountTokenFile(
  { directory }: Pick<Keys, "directory">,
  name: AccountName,
): string {
  return paths.accountJwt(directory, name);
}

/**
 * Complete keys whose master seeds were taken elsewhere. Making new ones would give the accounts
 * new identities, and the streams on disk belong to the old ones.
 */
async function isLockedAway(directory: string): Promise<boolean> {
  // The operator's token is written last.
  if ((await readIfThere(paths.operatorJwt(directory))) === undefined) return false;
  const seeds = await Promise.all([
    readIfThere(paths.operatorSeed(directory)),
    ...accountNames.map(async (name) => await readIfThere(paths.accountSeed(directory, name))),
  ]);
  return seeds.includes(undefined);
}

async function initAccount(directory: string, operator: KeyPair, name: AccountName): Promise<void> {
  const account = await ensureSeed(paths.accountSeed(directory, name), "account");
  const signingKeys: SigningKey[] = [];
  for (const role of roleNames.filter((role) => roles[role].account === name)) {
    const signer = await ensureSeed(paths.roleSeed(directory, role), "account");
    signingKeys.push(scopedSigningKey(signer.getPublicKey(), role));
  }
  await ensureToken(paths.accountJwt(directory, name), {
    name,
    subject: account,
    issuer: operator,
    claims: {
      limits: accountLimits(name),
      signing_keys: signingKeys,
      type: Types.Account,
      version: 2,
    },
    encode: async (claims) => await encodeAccount(name, account, claims, { signer: operator }),
  });
}

/**
 * Written out here because the library's own helper adds an empty response permission, which
 * servers read as "may answer once on whatever reply subject a message asks for".
 */
function scopedSigningKey(key: string, role: RoleName): SigningKey {
  const permissions: RolePermissions = roles[role];
  return {
    kind: "user_scope",
    key,
    role,
    template: {
      pub: { allow: [...permissions.publish.allow], deny: [...(permissions.publish.deny ?? [])] },
      sub: {
        allow: [...permissions.subscribe.allow],
        deny: [...(permissions.subscribe.deny ?? [])],
      },
      subs: permissions.limits?.subscriptions ?? unlimited,
      payload: permissions.limits?.payloadBytes ?? unlimited,
      data: unlimited,
      bearer_token: false,
      allowed_connection_types:
        permissions.isSite === true ? ["LEAFNODE"] : ["STANDARD", "WEBSOCKET"],
    },
  };
}

const unlimited = -1;

/** Only ENGINE has streams. Nothing is exported or imported: an account cannot reach another. */
function accountLimits(name: AccountName): NonNullable<Account["limits"]> {
  const streams = name === "ENGINE" ? unlimited : 0;
  return {
    conn: unlimited,
    // Only a second site comes as one, and only to where the logs are.
    leaf: streams,
    subs: unlimited,
    data: unlimited,
    payload: unlimited,
    imports: 0,
    exports: name === "SYS" ? unlimited : 0,
    wildcards: true,
    disallow_bearer: true,
    mem_storage: streams,
    disk_storage: streams,
    streams,
    consumer: streams,
  };
}

interface Token<Claims> {
  readonly name: string;
  readonly subject: KeyPair;
  readonly issuer: KeyPair;
  readonly claims: Claims;
  readonly encode: (claims: Claims) => Promise<string>;
}

/** Issues a token unless the file holds one that claims the same. */
async function ensureToken<Claims>(path: string, token: Token<Claims>): Promise<void> {
  const present = await readIfThere(path);
  if (present !== undefined && isDeepStrictEqual(substance(present), wantedSubstance(token)))
    return;
  // The library adds to the claims that it is given.
  const jwt = await token.encode(structuredClone(token.claims));
  const unfinished = unfinishedPath(path);
  await writeFile(unfinished, `${jwt}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}

/** What a token says, without when it was issued. */
function substance(jwt: string): unknown {
  const { iss, sub, name, nats } = claimsIn(jwt);
  return { iss, sub, name, nats };
}

function wantedSubstance<Claims>({ name, subject, issuer, claims }: Token<Claims>): unknown {
  return { iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name, nats: claims };
}

async function ensureSeed(path: string, kind: KeyKind): Promise<KeyPair> {
  const seed = await ensureSecret(path, () =>
    textDecoder.decode(SystemKeyPair.create(kind).getSeed()),
  );
  try {
    return new SystemKeyPair(seed);
  } catch (error) {
    throw new CredentialsFault("key-malformed", `${path} holds no key`, { cause: error });
  }
}

/** The content of the file, made first if it is not there. Of two makers at once, one wins. */
async function ensureSecret(path: string, create: () => string): Promise<string> {
  const present = await readIfThere(path);
  if (present !== undefined) return present;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = unfinishedPath(path);
  await writeFile(unfinished, `${create()}\n`, { mode: 0o600, flag: "wx" });
  try {
    await link(unfinished, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  return await readKeyFile(path);
}

async function readAccount(directory: string, name: AccountName): Promise<AccountToken> {
  const path = paths.accountJwt(directory, name);
  const jwt = await readKeyFile(path);
  try {
    return { id: claimsIn(jwt).sub, jwt };
  } catch (error) {
    throw new CredentialsFault("key-malformed", `${path} holds no token`, { cause: error });
  }
}

async function readKeyFile(path: string): Promise<string> {
  const content = await readIfThere(path);
  if (content === undefined) {
    throw new CredentialsFault("keys-missing", `${path} is missing: the keys were not made yet`);
  }
  return content;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function unfinishedPath(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}`;
}

const textDecoder = new TextDecoder();

const paths = {
  operatorSeed: (directory: string) => join(directory, "operator.seed"),
  operatorJwt: (directory: string) => join(directory, "operator.jwt"),
  routesSecret: (directory: string) => join(directory, "routes.secret"),
  accountSeed: (directory: string, name: AccountName) =>
    accountFile(directory, name, "account.seed"),
  accountJwt: (directory: string, name: AccountName) => accountFile(directory, name, "account.jwt"),
  roleSeed: (directory: string, role: RoleName) =>
    accountFile(directory, roles[role].account, `${role}.seed`),
};

function accountFile(directory: string, name: AccountName, file: string): string {
  return join(directory, "accounts", name.toLowerCase(), file);
}
