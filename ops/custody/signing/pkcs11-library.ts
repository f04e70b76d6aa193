/**
 * What we use of PKCS #11, as the package pkcs11js speaks it. The package has a native part and is
 * optional: a machine without a compiler has everything but tokens, so it is looked for when
 * a token is asked for, and its own types are not needed to check ours.
 */
import { createRequire } from "node:module";
import { SigningFault } from "./signer.ts";

export type Handle = Buffer;

export interface Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

/** The functions of Cryptoki (PKCS #11 3.0, chapter 5), each of which throws what `CKR` said. */
export interface Cryptoki {
  load(library: string): void;
  C_Initialize(): void;
  C_GetSlotList(withToken: boolean): readonly Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_GetMechanismList(slot: Handle): readonly number[];
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_GenerateKeyPair(
    session: Handle,
    mechanism: { readonly mechanism: number },
    ...templates: readonly [readonly Attribute[], readonly Attribute[]]
  ): { readonly publicKey: Handle; readonly privateKey: Handle };
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void;
  C_FindObjects(session: Handle, count: number): readonly Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(
    session: Handle,
    object: Handle,
    template: readonly Attribute[],
  ): readonly { readonly value: Buffer }[];
  C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void;
  C_Sign(session: Handle, bytes: Buffer, signature: Buffer): Buffer;
}

/** Names and numbers of the standard; those of EdDSA are in 3.0 and later. */
export const pkcs11 = {
  ckfSerialSession: 0x4,
  ckfWritable: 0x2,
  ckuUser: 1,
  ckoPublicKey: 2,
  ckoPrivateKey: 3,
  ckaClass: 0x0,
  ckaToken: 0x1,
  ckaPrivate: 0x2,
  ckaLabel: 0x3,
  ckaKeyType: 0x100,
  ckaId: 0x102,
  ckaSensitive: 0x103,
  ckaSign: 0x108,
  ckaVerify: 0x10a,
  ckaExtractable: 0x162,
  ckaEcParams: 0x180,
  ckaEcPoint: 0x181,
  ckkEcEdwards: 0x40,
  ckmEcEdwardsKeyPairGen: 0x1055,
  ckmEddsa: 0x1057,
  ckrPinIncorrect: 0xa0,
  ckrPinLocked: 0xa4,
  ckrUserAlreadyLoggedIn: 0x100,
  ckrCryptokiAlreadyInitialized: 0x191,
} as const;

/** What its native part throws has the number that the token gave. */
export function isCkr(error: unknown, code: number): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** A library is initialized once by each process. */
const loaded = new Map<string, Cryptoki>();

/** Throws {@link SigningFault}. */
export function loadCryptoki(library: string): Cryptoki {
  const known = loaded.get(library);
  if (known !== undefined) return known;
  const cryptoki = makeCryptoki();
  try {
    cryptoki.load(library);
    cryptoki.C_Initialize();
  } catch (error) {
    if (!isCkr(error, pkcs11.ckrCryptokiAlreadyInitialized)) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SigningFault("module-missing", `${library}: ${why}`, { cause: error });
    }
  }
  loaded.set(library, cryptoki);
  return cryptoki;
}

/**
 * Whether the package is there, and why not.
 *
 * @internal
 */
export function whyNoCryptoki(): string | undefined {
  try {
    makeCryptoki();
    return undefined;
  } catch (error) {
    if (!(error instanceof SigningFault)) throw error;
    return error.message;
  }
}

function makeCryptoki(): Cryptoki {
  try {
    const load = createRequire(import.meta.url);
    const { PKCS11 } = load("pkcs11js") as { readonly PKCS11: new () => Cryptoki };
    return new PKCS11();
  } catch (error) {
    const why = "the optional package pkcs11js is not installed; it takes a C++ compiler";
    throw new SigningFault("module-missing", why, { cause: error });
  }
}
