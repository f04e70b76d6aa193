/** Administrators of tests, with credentials as a cluster issues them. */
import { createAccount } from "@nats-io/nkeys";
import { signUser } from "../../ops/credentials/users.ts";
import type { Administrators } from "../approvals/administrator-token.ts";

export class MadeAdministrators {
  readonly #account = createAccount().getPublicKey();
  readonly #issuer = createAccount();

  get trusted(): Administrators {
    return { account: this.#account, issuers: [this.#issuer.getPublicKey()] };
  }

  /** The text of a .creds file. */
  credentialsOf(name: string, expiresAtSeconds?: number): Promise<string> {
    const seed = new TextDecoder().decode(this.#issuer.getSeed());
    const expiry = expiresAtSeconds === undefined ? {} : { expiresAtSeconds };
    return signUser({ role: "admin", accountId: this.#account, seed }, { name, ...expiry });
  }
}
