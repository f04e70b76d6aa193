/**
 * The custodian: for each of its assets, says what its chain does and sends what was approved of.
 *
 * It holds nothing that it could not find out again, from the exchange, the chain and what it has
 * signed; so it may be killed at any instant, and there may be two of it.
 */
import { join } from "node:path";
import { OutcryFault } from "../../clients/sdk/index.ts";
import { ChainUnreachable } from "./chain/chain.ts";
import type { Chain } from "./chain/chain.ts";
import { DepositWatcher } from "./deposit-watcher.ts";
import { DeskWatch } from "./desk-watch.ts";
import type { AssetStatus } from "./desk-watch.ts";
import type { Exchange, Policy, Tell } from "./exchange.ts";
import { HeightFile } from "./height-file.ts";
import { SignedTransfers } from "./signed-transfers.ts";
import { SigningFault } from "./signing/signer.ts";
import type { Signer } from "./signing/signer.ts";
import { SweepSender } from "./sweep-sender.ts";
import { walletIn, walletOfKey } from "./chain/address.ts";
import { hotWalletOf, WalletsInvalid } from "./wallets.ts";
import type { WalletsOfAsset } from "./wallets.ts";
import { WithdrawalSender } from "./withdrawal-sender.ts";

export interface CustodianParts {
  /** As the rules of its assets name it. */
  readonly name: string;
  readonly venue: string;
  readonly exchange: Exchange;
  /** For what was signed, and how far was told. */
  readonly folder: string;
  readonly desks: readonly DeskParts[];
  readonly tell: Tell;
}

export interface DeskParts {
  readonly wallets: WalletsOfAsset;
  readonly chain: Chain;
  /** Of the hot wallet, */
  readonly signer: Signer;
  /** and by name of the others whose key is to be had here. */
  readonly signers?: ReadonlyMap<string, Signer>;
}

export interface CustodianStatus {
  /** Looks that came to their end, whether they found what they wanted or not. */
  readonly looks: number;
  /** By asset, what keeps it from its work; none when all is well. */
  readonly waiting: Readonly<Record<string, string>>;
  readonly assets: readonly AssetStatus[];
}

interface Desk {
  readonly asset: string;
  readonly sender: WithdrawalSender;
  readonly watcher: DepositWatcher;
  readonly sweeper: SweepSender;
  readonly watch: DeskWatch;
}

export class Custodian {
  readonly #parts: CustodianParts;
  readonly #desks: readonly Desk[];
  readonly #waiting = new Map<string, string>();
  #looks = 0;

  /** Throws `WalletsInvalid`, also where a key is not that of its wallet. */
  constructor(parts: CustodianParts) {
    this.#parts = parts;
    this.#desks = parts.desks.map((desk) => openDesk(desk, parts));
  }

  status(): CustodianStatus {
    return {
      looks: this.#looks,
      waiting: Object.fromEntries(this.#waiting),
      assets: this.#desks.map(({ watch }) => watch.status()),
    };
  }

  /** One look at everything. What passes is waited for; anything else is thrown. */
  async round(): Promise<void> {
    try {
      const { exchange, name } = this.#parts;
      const policies = await exchange.policies();
      for (const desk of this.#desks) {
        await this.#attend(
          desk,
          policies.find(({ asset, custodian }) => asset === desk.asset && custodian === name),
        );
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
      for (const { asset } of this.#desks) this.#wait(asset, error.message);
    }
    this.#looks++;
  }

  /** Of one asset: that one's chain is away is nothing to the others. */
  async #attend(desk: Desk, policy: Policy | undefined): Promise<void> {
    const { exchange, name } = this.#parts;
    const { asset, sender, watcher, sweeper, watch } = desk;
    try {
      await watch.look();
      if (policy === undefined) {
        this.#wait(asset, `the rules of ${asset} do not name ${name}`);
        return;
      }
      const [accounts, deposits] = await Promise.all([exchange.accounts(), exchange.deposits()]);
      await watcher.assign(accounts, deposits, policy);
      await watcher.look(deposits, policy);
      const withdrawals = await exchange.withdrawals();
      watch.count({ deposits: deposits.deposits, withdrawals });
      await sender.look(withdrawals, policy);
      await sweeper.look(await exchange.sweeps(), policy);
      this.#waiting.delete(asset);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#wait(asset, error.message);
    }
  }

  #wait(asset: string, why: string): void {
    if (this.#waiting.get(asset) === why) return;
    this.#waiting.set(asset, why);
    this.#parts.tell({ kind: "waiting", level: "error", asset, why });
  }
}

function openDesk({ wallets, chain, signer, signers }: DeskParts, parts: CustodianParts): Desk {
  const { asset } = wallets;
  const { exchange, venue } = parts;
  const hot = hotWalletOf(wallets);
  if (walletOfKey(signer.publicKey) !== walletIn(hot.address)) {
    throw new WalletsInvalid(`the key ${hot.key} is not that of ${asset}'s wallet ${hot.name}`);
  }
  const folder = join(parts.folder, asset);
  const signed = new SignedTransfers(join(folder, "signed"));
  const others = wallets.wallets
    .map(({ address }) => address)
    .filter((each) => each !== hot.address);
  const told = new HeightFile(join(folder, "told"));
  const watch = new DeskWatch({ wallets, chain, told });
  const tell: Tell = (event) => {
    watch.hear(event);
    parts.tell(event);
  };
  const shared = { exchange, chain, tell };
  return {
    asset,
    watch,
    sweeper: new SweepSender({
      ...{ ...shared, venue, wallets },
      signed: new SignedTransfers(join(folder, "sweeps")),
      signers: new Map([...(signers ?? []), [hot.name, signer]]),
    }),
    sender: new WithdrawalSender({ ...shared, signed, signer, venue }),
    watcher: new DepositWatcher({ ...shared, told, wallets: [hot.address, ...others] }),
  };
}

/** Whether it is worth while to look again, with nothing changed here. */
function isPassing(error: unknown): error is Error {
  if (error instanceof ChainUnreachable || error instanceof SigningFault) return true;
  return error instanceof OutcryFault && error.disposition !== "fatal";
}
