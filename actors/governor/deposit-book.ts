/**
 * Deposit book: whose each address is, and every output that ever came to one. Both only ever grow:
 * what was forgotten could be credited again.
 */
import { add, assert } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  ChainOutput,
  DepositAddressView,
  DepositStatus,
  DepositView,
  ReportDeposit,
} from "../../protocols/index.ts";

export interface ChainDeposit extends ChainOutput {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly address: string;
  readonly amount: Amount;
  status: DepositStatus;
  /** Served when it is credited; 0 before that. */
  ticket: number;
}

export class DepositBook {
  readonly #owners = new Map<string, DepositAddressView>();
  readonly #deposits = new Map<string, ChainDeposit>();

  assign(address: DepositAddressView): void {
    this.#owners.set(`${address.asset} ${address.address}`, address);
  }

  ownerOf(asset: AssetId, address: string): AccountId | undefined {
    return this.#owners.get(`${asset} ${address}`)?.account;
  }

  find(output: ChainOutput & { readonly asset: AssetId }): ChainDeposit | undefined {
    return this.#deposits.get(keyOf(output));
  }

  see(report: ReportDeposit, status: DepositStatus): ChainDeposit {
    const { asset, address, amount, transaction, output } = report;
    const account = this.ownerOf(asset, address);
    assert(account !== undefined, "a deposit to an address of nobody");
    const terms = { account, asset, address, amount, transaction, output };
    const deposit: ChainDeposit = { ...terms, status, ticket: 0 };
    this.#deposits.set(keyOf(deposit), deposit);
    return deposit;
  }

  /** In the order of assigning. */
  addresses(): readonly DepositAddressView[] {
    return [...this.#owners.values()];
  }

  /** In the order of being seen first. */
  views(): readonly DepositView[] {
    return [...this.#deposits.values()].map(({ ticket: _, ...deposit }) => deposit);
  }

  sumOf(asset: AssetId, status: DepositStatus): Amount {
    let sum: Amount = 0;
    for (const deposit of this.#deposits.values()) {
      if (deposit.asset === asset && deposit.status === status) sum = add(sum, deposit.amount);
    }
    return sum;
  }

  /** Undefined while there is nothing to say. */
  snapshot(): SavedDeposits | undefined {
    if (this.#owners.size === 0) return undefined;
    const addresses = this.addresses().map(
      ({ account, asset, address }) => [account, asset, address] as const,
    );
    const deposits = [...this.#deposits.values()].map((is) => {
      const where = [is.asset, is.transaction, is.output, is.address] as const;
      return [...where, is.amount, is.status, is.ticket] as const;
    });
    return [addresses, deposits];
  }

  restore([addresses, deposits]: SavedDeposits): void {
    for (const [account, asset, address] of addresses) this.assign({ account, asset, address });
    for (const [asset, transaction, output, address, amount, status, ticket] of deposits) {
      const account = this.ownerOf(asset, address);
      assert(account !== undefined, "a saved deposit to an address of nobody");
      const deposit = { account, asset, address, amount, transaction, output, status, ticket };
      this.#deposits.set(keyOf(deposit), deposit);
    }
  }
}

function keyOf({ asset, transaction, output }: ChainOutput & { readonly asset: AssetId }): string {
  return `${asset} ${transaction} ${String(output)}`;
}

export type SavedDeposits = readonly [
  addresses: readonly (readonly [AccountId, AssetId, address: string])[],
  deposits: readonly (readonly [
    AssetId,
    transaction: string,
    output: number,
    address: string,
    Amount,
    DepositStatus,
    ticket: number,
  ])[],
];
