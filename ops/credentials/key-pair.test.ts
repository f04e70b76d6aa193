/** Goal: keys and tokens are those of the library, whoever does the arithmetic. */
import { decode, encodeAccount, encodeUser } from "@nats-io/jwt";
import { fromPublic, fromSeed } from "@nats-io/nkeys";
import { describe, expect, it } from "vitest";
import { CredentialsInvalid } from "../../protocols/credentials.ts";
import { SystemKeyPair } from "./key-pair.ts";
import { claimsIn } from "./token.ts";

const bytes = new TextEncoder().encode("a nonce");

describe.each(["operator", "account", "user"] as const)("the key of an %s", (kind) => {
  it("is known by the same name, and signs alike, in the library", () => {
    const pair = SystemKeyPair.create(kind);
    const same = fromSeed(pair.getSeed());
    expect(same.getPublicKey()).toBe(pair.getPublicKey());
    expect(Buffer.from(same.sign(bytes))).toEqual(Buffer.from(pair.sign(bytes)));
    expect(fromPublic(pair.getPublicKey()).verify(bytes, pair.sign(bytes))).toBe(true);
  });

  it("is another one each time", () => {
    const names = Array.from({ length: 20 }, () => SystemKeyPair.create(kind).getPublicKey());
    expect(new Set(names).size).toBe(20);
  });
});

describe("a token", () => {
  const [operator, account, user] = [
    SystemKeyPair.create("operator"),
    SystemKeyPair.create("account"),
    SystemKeyPair.create("user"),
  ];

  it("claims what the library reads in it", async () => {
    const ofAccount = await encodeAccount("clients", account, {}, { signer: operator });
    const ofUser = await encodeUser("ops", user, account);
    expect(claimsIn(ofAccount)).toEqual(decode(ofAccount));
    expect(claimsIn(ofUser)).toEqual(decode(ofUser));
  });

  it("is refused when any character of it was changed, and when it is none", async () => {
    const token = await encodeUser("ops", user, account);
    // What a last character has beyond the last byte is nobody's.
    for (let at = 0; at < token.length - 1; at++) {
      const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      expect(() => claimsIn(changed), String(at)).toThrow(CredentialsInvalid);
    }
    for (const text of ["", "a.b", "e30.e30.e30", `${token}.`, "e30.bnVsbA.e30"]) {
      expect(() => claimsIn(text), text).toThrow(CredentialsInvalid);
    }
  });
});
