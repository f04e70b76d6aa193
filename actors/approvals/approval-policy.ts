/**
 * Approval policy: how many others have to approve of each kind of administrators' command. A value:
 * who changes it gets another one.
 */
import type { AdminCommandKind, NeededApprovals } from "../../protocols/index.ts";

export class ApprovalPolicy {
  /** By kind, those that need anybody. */
  readonly entries: readonly NeededApprovals[];
  readonly #needed: ReadonlyMap<AdminCommandKind, number>;

  constructor(entries: readonly NeededApprovals[] = []) {
    const asking = entries.filter(([, needed]) => needed > 0);
    this.entries = asking.toSorted(([a], [b]) => (a < b ? -1 : 1));
    this.#needed = new Map(this.entries);
  }

  neededFor(command: AdminCommandKind): number {
    return this.#needed.get(command) ?? 0;
  }

  with(command: AdminCommandKind, needed: number): ApprovalPolicy {
    const others = this.entries.filter(([kind]) => kind !== command);
    return new ApprovalPolicy([...others, [command, needed]]);
  }
}
