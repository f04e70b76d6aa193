/**
 * Rows that are written together: those that are added, and of those that change what was said
 * last.
 */
import type { AccountId, OrderId } from "../../protocols/index.ts";
import { CopyRows } from "./copy-rows.ts";
import type { CopyLine } from "./copy-text.ts";
import { appendTables, currentTables } from "./history-tables.ts";
import type { AppendTableName, CurrentTableName } from "./history-tables.ts";

/** What is new of an account; what is left out stays as it was. */
export interface AccountChange {
  readonly participant?: string;
  readonly shard?: number;
  readonly isBlocked?: boolean;
  readonly openedAt?: string;
}

export class HistoryBatch {
  readonly added: Readonly<Record<AppendTableName, CopyRows>>;
  /** By key. */
  readonly current: Readonly<Record<CurrentTableName, Map<string | number, CopyLine>>>;
  readonly accounts = new Map<AccountId, AccountChange>();
  /** Of orders that were placed, in whichever shard, the fields that stay as they are. */
  readonly placed = new Map<OrderId, CopyLine>();
  /** The months that there are rows of, as `2026-11`. */
  readonly months = new Set<string>();

  constructor() {
    this.added = recordOf(appendTables, () => new CopyRows());
    this.current = recordOf(currentTables, () => new Map<string | number, CopyLine>());
  }

  /** How many rows there are of it. */
  get rowCount(): number {
    const added = Object.values(this.added).reduce((sum, rows) => sum + rows.count, 0);
    const changed = Object.values(this.current).reduce((sum, rows) => sum + rows.size, 0);
    return added + changed + this.accounts.size;
  }

  changeAccount(account: AccountId, change: AccountChange): void {
    this.accounts.set(account, { ...this.accounts.get(account), ...change });
  }
}

function recordOf<Name extends string, Value>(
  names: Readonly<Record<Name, unknown>>,
  make: () => Value,
): Record<Name, Value> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, make()])) as Record<
    Name,
    Value
  >;
}
