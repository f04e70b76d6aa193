/**
 * A table of transitions in terms of a closed, numbered list of statuses: what is saved and told
 * are those numbers, which hold for good, and not the table's own.
 */
import { assert } from "../../protocols/index.ts";
import type { TransitionTable } from "../transition-table.ts";

export class StatusTable<Status extends number, Event extends string> {
  readonly #table: TransitionTable<Event>;
  /** By status. */
  readonly #states: ReadonlyMap<Status, number>;
  /** By the table's state. */
  readonly #statuses: ReadonlyMap<number, Status>;

  /** The machine's states are named as the statuses are. */
  constructor(table: TransitionTable<Event>, list: Readonly<Record<string, Status>>) {
    this.#table = table;
    this.#states = new Map(
      Object.entries(list).map(([name, status]) => [
        status,
        table.stateNamed(JSON.stringify(name)),
      ]),
    );
    this.#statuses = new Map([...this.#states].map(([status, state]) => [state, status]));
    assert(this.#statuses.size === table.stateCount, "a state that has no status");
  }

  /** The status after an event; undefined where the machine has no such transition. */
  after(status: Status, event: Event): Status | undefined {
    const [state, column] = [this.#states.get(status), this.#table.column(event)];
    assert(state !== undefined, "no such status");
    if (!this.#table.accepts(state, column)) return undefined;
    return this.#statuses.get(this.#table.after(state, column));
  }
}
