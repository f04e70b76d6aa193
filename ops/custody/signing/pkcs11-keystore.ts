/**
 * Keys in a token that speaks PKCS #11, such as an HSM, by label. A private key is made there and
 * does not leave it.
 */
import { publicKeyBytes } from "./ed25519.ts";
import { isCkr, loadCryptoki, pkcs11 } from "./pkcs11-library.ts";
import type { Attribute, Cryptoki, Handle } from "./pkcs11-library.ts";
import { secretIn } from "./secret-file.ts";
import { checkKeyName, SigningFault } from "./signer.ts";
import type { Keystore, Signer } from "./signer.ts";

export interface Pkcs11Place {
  /** The path of the token's library. */
  readonly library: string;
  /** The token's label. */
  readonly token: string;
  /** The file that holds the user's PIN. */
  readonly pinFile: string;
}

/** The two ways to say edwards25519: as PKCS #11 3.0 has it, and by the OID of RFC 8410. */
const curves = ["130c656477617264733235353139", "06032b6570"].map((der) => Buffer.from(der, "hex"));
/** An OCTET STRING of 32 bytes, as the standard wants points; some tokens leave it out. */
const pointHead = "0420";
const signatureBytes = 64;

export class Pkcs11Keystore implements Keystore {
  readonly #token: string;
  readonly #cryptoki: Cryptoki;
  #session: Handle | undefined;

  /** Logs in. Throws {@link SigningFault}. */
  constructor({ library, token, pinFile }: Pkcs11Place) {
    const pin = secretIn(pinFile);
    this.#token = token;
    this.#cryptoki = loadCryptoki(library);
    const slot = this.#slotOf(token);
    this.#checkAbility(slot);
    this.#session = this.#cryptoki.C_OpenSession(
      slot,
      pkcs11.ckfSerialSession | pkcs11.ckfWritable,
    );
    this.#logIn(this.#session, pin);
  }

  async create(name: string): Promise<Signer> {
    checkKeyName(name);
    if (this.#find(name, pkcs11.ckoPrivateKey).length > 0) {
      throw new SigningFault("key-exists", `token ${this.#token} has a key ${name} already`);
    }
    for (const curve of curves) {
      if (this.#generate(name, curve)) return this.open(name);
    }
    throw new SigningFault("token-unable", `token ${this.#token} makes no keys of edwards25519`);
  }

  async open(name: string): Promise<Signer> {
    checkKeyName(name);
    const privateKey = this.#only(name, pkcs11.ckoPrivateKey);
    const publicKey = this.#pointOf(this.#only(name, pkcs11.ckoPublicKey));
    return { publicKey, sign: async (bytes) => this.#sign(privateKey, bytes) };
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#cryptoki.C_CloseSession(session);
  }

  // ---- The token ---------------------------------------------------------------------------

  #slotOf(token: string): Handle {
    const slots = this.#ask("C_GetSlotList", () => this.#cryptoki.C_GetSlotList(true));
    const isIt = (slot: Handle) => this.#cryptoki.C_GetTokenInfo(slot).label.trimEnd() === token;
    const [slot, other] = slots.filter(isIt);
    if (slot === undefined) throw new SigningFault("token-missing", `there is no token ${token}`);
    if (other === undefined) return slot;
    throw new SigningFault("key-ambiguous", `there are two tokens ${token}`);
  }

  /** Tokens older than PKCS #11 3.0 know other signatures only, which are of no use here. */
  #checkAbility(slot: Handle): void {
    const known = this.#ask("C_GetMechanismList", () => this.#cryptoki.C_GetMechanismList(slot));
    if (known.includes(pkcs11.ckmEddsa) && known.includes(pkcs11.ckmEcEdwardsKeyPairGen)) return;
    const why = `token ${this.#token} has no CKM_EDDSA: it cannot sign by Ed25519`;
    throw new SigningFault("token-unable", why);
  }

  #logIn(session: Handle, pin: string): void {
    try {
      this.#cryptoki.C_Login(session, pkcs11.ckuUser, pin);
    } catch (error) {
      // One login is for all sessions of a process.
      if (isCkr(error, pkcs11.ckrUserAlreadyLoggedIn)) return;
      this.#cryptoki.C_CloseSession(session);
      this.#session = undefined;
      if (isCkr(error, pkcs11.ckrPinIncorrect) || isCkr(error, pkcs11.ckrPinLocked)) {
        throw new SigningFault("pin-wrong", `token ${this.#token} does not take that PIN`);
      }
      throw tokenFailed("C_Login", error);
    }
  }

  #generate(name: string, curve: Buffer): boolean {
    const shared = [
      { type: pkcs11.ckaToken, value: true },
      { type: pkcs11.ckaLabel, value: name },
      { type: pkcs11.ckaId, value: Buffer.from(name) },
    ];
    const publicKey: Attribute[] = [
      ...[...shared, { type: pkcs11.ckaVerify, value: true }],
      { type: pkcs11.ckaEcParams, value: curve },
    ];
    const privateKey: Attribute[] = [
      ...[...shared, { type: pkcs11.ckaSign, value: true }],
      { type: pkcs11.ckaPrivate, value: true },
      { type: pkcs11.ckaSensitive, value: true },
      { type: pkcs11.ckaExtractable, value: false },
    ];
    const mechanism = { mechanism: pkcs11.ckmEcEdwardsKeyPairGen };
    try {
      this.#cryptoki.C_GenerateKeyPair(this.#live(), mechanism, publicKey, privateKey);
      return true;
    } catch (error) {
      if (error instanceof SigningFault || !(error instanceof Error)) throw error;
      return false;
    }
  }

  #sign(key: Handle, bytes: Uint8Array): Uint8Array {
    const session = this.#live();
    return this.#ask("C_Sign", () => {
      this.#cryptoki.C_SignInit(session, { mechanism: pkcs11.ckmEddsa }, key);
      return this.#cryptoki.C_Sign(session, Buffer.from(bytes), Buffer.alloc(signatureBytes));
    });
  }

  #only(name: string, kind: number): Handle {
    const [found, other] = this.#find(name, kind);
    if (found === undefined) {
      throw new SigningFault("key-missing", `token ${this.#token} has no key ${name}`);
    }
    if (other === undefined) return found;
    throw new SigningFault("key-ambiguous", `token ${this.#token} has two keys ${name}`);
  }

  #find(name: string, kind: number): readonly Handle[] {
    const session = this.#live();
    const template = [
      { type: pkcs11.ckaClass, value: kind },
      { type: pkcs11.ckaKeyType, value: pkcs11.ckkEcEdwards },
      { type: pkcs11.ckaLabel, value: name },
    ];
    return this.#ask("C_FindObjects", () => {
      this.#cryptoki.C_FindObjectsInit(session, template);
      try {
        return this.#cryptoki.C_FindObjects(session, 2);
      } finally {
        this.#cryptoki.C_FindObjectsFinal(session);
      }
    });
  }

  #pointOf(publicKey: Handle): Uint8Array {
    const asked = [{ type: pkcs11.ckaEcPoint }];
    const [point] = this.#ask("C_GetAttributeValue", () =>
      this.#cryptoki.C_GetAttributeValue(this.#live(), publicKey, asked),
    );
    const text = point?.value.toString("hex") ?? "";
    const isWrapped = text.startsWith(pointHead) && text.length > publicKeyBytes * 2;
    const bytes = Buffer.from(isWrapped ? text.slice(pointHead.length) : text, "hex");
    if (bytes.length === publicKeyBytes) return bytes;
    throw new SigningFault("token-failed", `token ${this.#token} tells no public key of 32 bytes`);
  }

  #live(): Handle {
    if (this.#session !== undefined) return this.#session;
    throw new SigningFault("keystore-closed", "the keystore is closed");
  }

  #ask<Answer>(what: string, ask: () => Answer): Answer {
    try {
      return ask();
    } catch (error) {
      throw error instanceof SigningFault ? error : tokenFailed(what, error);
    }
  }
}

function tokenFailed(what: string, error: unknown): SigningFault {
  const why = error instanceof Error ? error.message : String(error);
  return new SigningFault("token-failed", `${what}: ${why}`, { cause: error });
}
