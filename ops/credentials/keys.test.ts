import { cp, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode, encodeAccount, parseCreds } from "@nats-io/jwt";
import { fromSeed } from "@nats-io/nkeys";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Keys } from "./keys.ts";
import { initKeys, loadKeys } from "./keys.ts";
import { inboxPrefix, isUserName } from "./permissions.ts";
import { ensureUser, mintUser } from "./users.ts";

let folder: string;
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), "outcry-keys-"));
  await initKeys(made);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-keys-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await rm(made, { recursive: true, force: true });
});

describe("keys", () => {
  it("are made once and then stay the same", async () => {
    const first = await initKeys(folder);
    expect(await initKeys(folder)).toEqual(first);
    expect(await loadKeys(folder)).toEqual(first);
  });

  it("are one set when two processes make them at once", async () => {
    const [one, other] = await Promise.all([initKeys(folder), initKeys(folder)]);
    expect(one.signers).toEqual(other.signers);
    expect(one.routesSecret).toBe(other.routesSecret);
    expect(await initKeys(folder)).toEqual(await loadKeys(folder));
  });

  it("are readable by their owner only, and so are users' credentials", async () => {
    await mintUser(await copyOfKeys(), { role: "participant", name: "demo" });
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const modes = entries.map(async (entry) => {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      return [entry.name, (mode & 0o777).toString(8)];
    });
    for (const [name, mode] of await Promise.all(modes)) {
      expect(mode, name).toMatch(/^[67]00$/);
    }
  });

  it("have their accounts' tokens issued again when permissions have changed", async () => {
    const { accounts } = await copyOfKeys();
    const path = join(folder, "accounts/clients/account.jwt");
    const operator = await seedIn("operator.seed");
    const account = await seedIn("accounts/clients/account.seed");
    await writeFile(path, await encodeAccount("CLIENTS", account, {}, { signer: operator }));

    const again = await initKeys(folder);
    expect(again.accounts.CLIENTS.id).toBe(accounts.CLIENTS.id);
    expect(claims(again.accounts.CLIENTS.jwt)).toEqual(claims(accounts.CLIENTS.jwt));
  });

  it("are not replaced when the operator's seed was taken elsewhere", async () => {
    const keys = await copyOfKeys();
    await unlink(join(folder, "operator.seed"));
    await unlink(join(folder, "accounts/engine/account.seed"));
    expect(await initKeys(folder)).toEqual(keys);
  });

  it("that were never made are reported as missing", async () => {
    await expect(loadKeys(folder)).rejects.toMatchObject({ code: "keys-missing" });
  });

  it("that are no keys are reported as malformed", async () => {
    await copyOfKeys();
    await writeFile(join(folder, "operator.seed"), "not a seed");
    await expect(initKeys(folder)).rejects.toMatchObject({ code: "key-malformed" });
  });
});

describe("a user", () => {
  it("holds a name and a role's signature, and no permissions of its own", async () => {
    const keys = await copyOfKeys();
    const { creds } = await mintUser(keys, { role: "participant", name: "demo" });
    const { uc } = await parseCreds(new TextEncoder().encode(creds));
    expect(uc.name).toBe("demo");
    expect(uc.nats).toEqual({ issuer_account: keys.accounts.CLIENTS.id, type: "user", version: 2 });
  });

  it.each(["", "*", ">", "a.b", "a b", "a\tb", "a\r\nb", "Demo", "-a", "_admin", "a".repeat(32)])(
    "cannot be called %j",
    async (name) => {
      const keys = { directory: folder, signers: {} as Keys["signers"] };
      const user = { role: "participant", name } as const;
      await expect(mintUser(keys, user)).rejects.toMatchObject({ code: "user-name-invalid" });
      await expect(ensureUser(keys, user)).rejects.toMatchObject({ code: "user-name-invalid" });
    },
  );

  it("gets new credentials when those on disk come from other keys or have expired", async () => {
    const keys = await copyOfKeys();
    const user = { role: "participant", name: "demo" } as const;
    const expired = await mintUser(keys, { ...user, expiresAtSeconds: 1 });
    const fresh = await ensureUser(keys, user);
    expect(fresh.creds).not.toBe(expired.creds);

    const foreign = await initKeys(join(folder, "foreign"));
    const { creds } = await mintUser(foreign, user);
    await writeFile(fresh.file, creds);
    expect((await ensureUser(keys, user)).creds).not.toBe(creds);
  });

  it("shares its inbox with no user of another role, whatever their names", () => {
    expect(inboxPrefix("participant", "demo")).toBe("_INBOX.demo");
    expect(inboxPrefix("admin", "demo")).toBe("_INBOX._admin.demo");
    expect(isUserName("_admin")).toBe(false);
  });
});

/** Making keys takes most of a second. */
async function copyOfKeys(): Promise<Keys> {
  await cp(made, folder, { recursive: true });
  return await loadKeys(folder);
}

async function seedIn(file: string): Promise<ReturnType<typeof fromSeed>> {
  return fromSeed(new TextEncoder().encode((await readFile(join(folder, file), "utf8")).trim()));
}

function claims(jwt: string): unknown {
  return decode(jwt).nats;
}
