/**
 * Writes `docs/protocols/invariants.md`: every invariant that a running process holds itself to,
 * from the list that it does so by. A test fails while the page is stale.
 *
 *   node ops/scripts/generate-invariant-docs.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { invariantList } from "../../protocols/invariants.ts";
import type { CheckedAt } from "../../protocols/invariants.ts";

export const invariantDocsFile = new URL("../../docs/protocols/invariants.md", import.meta.url);

const moments: Readonly<Record<CheckedAt, string>> = {
  entry: "At each entry of a log",
  message: "At each message that an account or a book hears",
  trade: "At each trade, before anybody is told of it",
  "market data": "At each change that a book tells",
  turns:
    "By turns: for eight commands one order is looked at, one account or price level after the other",
  checkpoint: "At each checkpoint and snapshot, when the whole state is hashed",
  restore: "When a snapshot is restored",
};

const list = "[protocols/invariants.ts](../../protocols/invariants.ts)";

const introduction = `# Invariants

Written by \`ops/scripts/generate-invariant-docs.ts\` from ${list}.

Every engine node holds itself to these ${invariantList.length} invariants while it trades. Each is
an assertion with a name: a replica that finds one broken stops at that entry, says which one, and
serves nothing until it is rebuilt; the others go on. What is needed to look at it is kept beside
its snapshots, in \`evidence/shard-…-entry-…/\`: the entry, what it left in memory, and what was
wrong. Each counts how often it was looked at: \`./outcry status --invariants\` shows the counts
of all nodes. What is looked at by turns, and how often anything was, is a node's own: no decision
and no output depends on it.

A test breaks every one of them on purpose: \`cluster/invariants.test.ts\`. What they cost is
measured by \`npm run bench:invariants\`.
`;

export async function generateInvariantDocs(): Promise<string> {
  const tables = Object.entries(moments).map(([moment, title]) => {
    const rows = invariantList
      .filter(({ checkedAt }) => checkedAt === moment)
      .map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`);
    return [`## ${title}`, "", "| invariant | says that |", "| --- | --- |", ...rows].join("\n");
  });
  return await format([introduction, ...tables].join("\n\n"), { parser: "markdown" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(invariantDocsFile, await generateInvariantDocs());
}
