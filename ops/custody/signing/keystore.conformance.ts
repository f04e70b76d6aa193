/** What every keystore keeps to, wherever its keys lie. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isSignature } from "./ed25519.ts";
import type { Keystore } from "./signer.ts";

export interface KeystorePlace {
  /** Opens the place, as a new process would. */
  open(): Keystore;
}

/** @param whyNot tells why there can be none here, if so */
export function keystoreConformance(
  place: () => KeystorePlace,
  whyNot: () => string | undefined = () => undefined,
): void {
  const bytes = Buffer.from("what is to be sent");
  let names = 0;
  const freshName = (): string => `key-${String((names += 1))}`;
  const test = (what: string, run: (keys: Keystore, name: string) => Promise<void>): void => {
    it(what, async ({ skip }) => {
      const reason = whyNot();
      skip(reason !== undefined, reason);
      const keys = place().open();
      try {
        await run(keys, freshName());
      } finally {
        await keys.close();
      }
    });
  };

  describe("a key", () => {
    test("signs what others can check with its public half alone", async (keys, name) => {
      const { publicKey, ...signer } = await keys.create(name).then((made) => ({
        publicKey: made.publicKey,
        sign: (what: Uint8Array) => made.sign(what),
      }));
      const signature = await signer.sign(bytes);
      expect([publicKey.length, signature.length]).toEqual([32, 64]);
      expect(isSignature(signature, { bytes, publicKey })).toBe(true);
      expect(isSignature(signature, { bytes: Buffer.from("something else"), publicKey })).toBe(
        false,
      );
    });

    test("is the same one when it is opened again, and signs the same", async (keys, name) => {
      const made = await keys.create(name);
      const first = Buffer.from(await made.sign(bytes)).toString("hex");
      const again = place().open();
      const opened = await again.open(name);
      expect(Buffer.from(opened.publicKey).toString("hex")).toBe(
        Buffer.from(made.publicKey).toString("hex"),
      );
      expect(Buffer.from(await opened.sign(bytes)).toString("hex")).toBe(first);
      await again.close();
    });

    test("signs a little and a great deal", async (keys, name) => {
      const signer = await keys.create(name);
      for (const size of [1, 64, 100_000]) {
        const long = Buffer.alloc(size, 7);
        const signature = await signer.sign(long);
        expect(isSignature(signature, { bytes: long, publicKey: signer.publicKey })).toBe(true);
      }
    });

    test("is never replaced by another", async (keys, name) => {
      await keys.create(name);
      await expect(keys.create(name)).rejects.toMatchObject({ code: "key-exists" });
    });

    test("is another one under another name", async (keys, name) => {
      const [one, other] = [await keys.create(name), await keys.create(`${name}-b`)];
      const signature = await one.sign(bytes);
      expect(isSignature(signature, { bytes, publicKey: other.publicKey })).toBe(false);
    });

    test("that is not there is missing", async (keys, name) => {
      await expect(keys.open(name)).rejects.toMatchObject({ code: "key-missing" });
    });

    test("has a name that can be a file's and a label", async (keys) => {
      for (const name of ["", "Hot", "../hot", "a/b", "a".repeat(32), "-a", "a\0"]) {
        await expect(keys.create(name)).rejects.toMatchObject({ code: "key-name-invalid" });
        await expect(keys.open(name)).rejects.toMatchObject({ code: "key-name-invalid" });
      }
    });

    test("signs no more once its keystore is closed", async (_, name) => {
      const keys = place().open();
      const signer = await keys.create(name);
      await keys.close();
      await keys.close();
      await expect(signer.sign(bytes)).rejects.toMatchObject({ code: "keystore-closed" });
    });

    test("shows nothing but its public half", async (keys, name) => {
      const signer = await keys.create(name);
      const shown = `${inspect(signer, { depth: 9 })}${JSON.stringify(signer)}`;
      expect(shown).not.toMatch(/seed|secret|private|"d"/i);
    });
  });
}
