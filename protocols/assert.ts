/**
 * Assertions that stay on in production.
 *
 * A failed assertion is a defect of ours, never an answer to a client: it stops the process, the
 * log stays intact, and the replica is rebuilt by replay. Nothing below a process's main catches it.
 */

export class InvariantViolation extends Error {
  override readonly name = "InvariantViolation";
}

/** Throws {@link InvariantViolation} unless `condition` holds. */
export function assert(condition: boolean, message = "invariant violated"): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The branch that the types say cannot be reached; ends an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${JSON.stringify(value)}`);
}
