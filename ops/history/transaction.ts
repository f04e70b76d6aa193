/** Runs a statement in a session. */
export type RunStatement<Answer = unknown> = (text: string) => Promise<Answer>;

/** All that is done in it happens, or nothing. */
export async function inTransaction<Value>(
  run: RunStatement,
  work: () => Promise<Value>,
): Promise<Value> {
  await run("BEGIN");
  try {
    const value = await work();
    await run("COMMIT");
    return value;
  } catch (error) {
    await rollBack(run);
    throw error;
  }
}

/** Nothing that is done in it stays, nor may anything be changed. */
export async function inReading<Value>(
  run: RunStatement,
  work: () => Promise<Value>,
): Promise<Value> {
  await run("BEGIN READ ONLY");
  try {
    return await work();
  } finally {
    await rollBack(run);
  }
}

/** Of a session that is gone the server does so by itself. */
async function rollBack(run: RunStatement): Promise<void> {
  await run("ROLLBACK").catch(() => undefined);
}
