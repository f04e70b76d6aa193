/** Records acts, and notices accounts that come from another shard as soon as they are there. */
import type { Shard } from "../../actors/index.ts";
import { accountAt } from "../../protocols/index.ts";
import type { AccountId, Message, Origin } from "../../protocols/index.ts";
import { ActRecorder } from "../audit/act-recorder.ts";
import type { RecordedStep } from "../audit/act.ts";

export class ArrivalRecorder extends ActRecorder {
  readonly #actors: Shard;
  readonly #arrived: (account: AccountId) => void;
  /** Of whom something has come, and who is not here yet. */
  readonly #coming = new Set<AccountId>();

  /** @param arrived is called before anything that waited for the account is heard. */
  constructor(shard: Shard, arrived: (account: AccountId) => void) {
    super(shard);
    this.#actors = shard;
    this.#arrived = arrived;
  }

  override came(message: Message, origin: Origin): void {
    this.#notice();
    if (message.kind === "hand-over") {
      const account = accountAt(message.actor);
      const isHere = account === undefined || this.#actors.account(account) !== undefined;
      if (!isHere) this.#coming.add(account);
    }
    super.came(message, origin);
  }

  override resumed(message: Message): void {
    this.#notice();
    super.resumed(message);
  }

  /** What the entry that was just applied came to. */
  takeEntry(): RecordedStep {
    this.#notice();
    return this.take();
  }

  #notice(): void {
    for (const account of this.#coming) {
      if (this.#actors.account(account) === undefined) continue;
      this.#coming.delete(account);
      this.#arrived(account);
    }
  }
}
