/** Goal: credentials are read as the library that issues them wrote them, and no others are. */
import { fmtCreds } from "@nats-io/jwt";
import { createAccount, createOperator, createServer, createUser } from "@nats-io/nkeys";
import type { KeyPair } from "@nats-io/nkeys";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  CredentialsInvalid,
  parseCredentials,
  publicKeyIn,
  publicKeyText,
  seedIn,
  seedText,
} from "./credentials.ts";

const textOf = (keys: KeyPair): string => new TextDecoder().decode(fmtCreds("e30.e30.c2ln", keys));

/** As the servers write it: "U", the 32 bytes of the public key and a checksum, in base 32. */
function publicKeyOf(seed: Uint8Array): Buffer {
  const key = createPrivateKey({
    key: Buffer.from(seed),
    format: "raw-private",
    asymmetricKeyType: "ed25519",
  });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
}

function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

describe("credentials", () => {
  it("are a JWT and the seed of the key that they were issued for", () => {
    for (let count = 0; count < 20; count++) {
      const keys = createUser();
      const { jwt, seed } = parseCredentials(textOf(keys));
      expect(jwt).toBe("e30.e30.c2ln");
      const bits = [...keys.getPublicKey()]
        .map((character) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character))
        .map((value) => value.toString(2).padStart(5, "0"))
        .join("");
      expect(bits.slice(8, 8 + 256)).toBe(bitsOf(publicKeyOf(seed)));
    }
  });

  it("are refused when a character of the seed was changed", () => {
    for (let count = 0; count < 50; count++) {
      const text = textOf(createUser());
      const from = text.indexOf("SU");
      for (let at = from; at < from + 58; at++) {
        const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
        expect(() => parseCredentials(changed)).toThrow(CredentialsInvalid);
      }
    }
  });

  it("are refused without a part, in other letters, and when they are not a user's", () => {
    const text = textOf(createUser());
    expect(() => parseCredentials("")).toThrow("a JWT and a seed");
    expect(() => parseCredentials(text.slice(0, text.indexOf("SU")))).toThrow("a JWT and a seed");
    expect(() => parseCredentials(text.replace(/SU\S/, "SU1"))).toThrow("base 32");
    expect(() => parseCredentials(textOf(createAccount()))).toThrow("not that of a user");
  });
});

describe("a public key", () => {
  it("has the 32 bytes that a user, or an account, is known by", () => {
    for (let count = 0; count < 20; count++) {
      const keys = createUser();
      const { seed } = parseCredentials(textOf(keys));
      expect(Buffer.from(publicKeyIn(keys.getPublicKey(), "user"))).toEqual(publicKeyOf(seed));
      expect(publicKeyIn(createAccount().getPublicKey(), "account").length).toBe(32);
    }
  });

  it("is refused when it is of another kind, or any character was changed", () => {
    const text = createUser().getPublicKey();
    expect(() => publicKeyIn(text, "account")).toThrow("not the public key of an account");
    expect(() => publicKeyIn(createAccount().getPublicKey(), "user")).toThrow("of a user");
    expect(() => publicKeyIn("", "user")).toThrow(CredentialsInvalid);
    for (let at = 0; at < text.length; at++) {
      const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
      expect(() => publicKeyIn(changed, "user")).toThrow(CredentialsInvalid);
    }
  });
});

describe("a key", () => {
  it.each([
    ["operator", createOperator],
    ["account", createAccount],
    ["user", createUser],
  ] as const)("of an %s is written as the library writes it", (kind, create) => {
    for (let count = 0; count < 20; count++) {
      const keys = create();
      const text = new TextDecoder().decode(keys.getSeed());
      const { seed, ...of } = seedIn(text);
      expect(of).toEqual({ kind });
      expect(seedText(kind, seed)).toBe(text);
      expect(publicKeyText(kind, publicKeyOf(seed))).toBe(keys.getPublicKey());
    }
  });

  it("of somebody else, such as a server, is none", () => {
    const server = new TextDecoder().decode(createServer().getSeed());
    expect(() => seedIn(server)).toThrow(CredentialsInvalid);
  });
});
