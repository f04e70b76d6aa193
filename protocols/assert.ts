/**
 * Assertions that stay on in production.
 *
 * A failed assertion is a defect of ours, never an answer to a client: whoever applied the entry
 * stops, the log stays intact, and the replica is rebuilt by replay. Those that the product is held
 * to have names, and are counted: see `invariants.ts`.
 */

export class InvariantViolation extends Error {
  override readonly name = "InvariantViolation";
  /** Which named invariant it was; undefined for an assertion without a name. */
  readonly invariant: string | undefined;

  constructor(message: string, invariant?: string) {
    super(message);
    this.invariant = invariant;
  }
}

/** Throws {@link InvariantViolation} unless `condition` holds. */
export function assert(condition: boolean, message = "invariant violated"): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The branch that the types say cannot be reached; ends an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${JSON.stringify(value)}`);
}
