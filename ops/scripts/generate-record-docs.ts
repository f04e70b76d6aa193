/**
 * Writes `docs/protocols/order-record.md`: every column of the order record, and how to verify one,
 * from the list that records are written by. A test fails while the page is stale.
 *
 *   node ops/scripts/generate-record-docs.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { columns, recordVersion } from "../record/columns.ts";

export const recordDocsFile = new URL("../../docs/protocols/order-record.md", import.meta.url);

const list = "[ops/record/columns.ts](../../ops/record/columns.ts)";

const introduction = `# The order record

Written by \`ops/scripts/generate-record-docs.ts\` from ${list}. Version ${recordVersion}.

\`./outcry audit export <dir>\` writes every event of every order, from the logs alone: what came,
what became of it, and how the order stood before and after. It is what rules on order records ask
for (MiFID II RTS 24, CAT), as far as the exchange knows it. \`./outcry audit verify <dir>\` says
whether anything was altered, removed or inserted, and where. What to do when somebody asks for
one: [the runbook](../runbook/regulator.md).

## Rows

One row is one thing that happened to one order. Its place in the log, \`shard\`, \`sequence\` and
\`index\`, names it for ever: every export gives the same rows. The rows of one shard are in the
order in which things happened; between shards \`hop\` says what came from where, and \`order_id\`
and \`trade_id\` are the same in all. A command about several orders has one row for each of them,
with the same place.
`;

const events = `## Events

| \`event\` | what happened | RTS 24 |
| --- | --- | --- |
| \`received\` | A command was heard by the account; nothing has changed yet. | |
| \`new\` | The order was accepted. | \`NEWO\` |
| \`triggered\` | Its trigger price was reached. | \`TRIG\` |
| \`replaced\` | It has new terms, as its account asked. | \`REME\` |
| \`restated\` | The exchange changed its price or quantity. | \`REMA\` |
| \`trade\` | It was executed: \`filled\` as \`status\`, or not. | \`FILL\`, \`PARF\` |
| \`canceled\` | It was canceled. | \`CAME\` where \`close_reason\` is \`requested\`, else \`CAMO\` |
| \`expired\` | Its time was over. | \`EXPI\` |
| \`rejected\` | It was not accepted. | \`REMO\` |
| \`refused\` | A command was not done; the order, if there is one, is as it was. | |
| \`repeated\` | A command came again that had been done; nothing has changed. | |

A command for an account that moves between shards is received when the account has arrived. A
command that names no order, and is refused, has no \`order_id\`.
`;

const rest = `
Empty is what does not apply or is not known. In CSV (RFC 4180, UTF-8, line feeds) moments
are ISO 8601 with microseconds; in Parquet all integers are \`INT64\` and moments
\`TIMESTAMP_MICROS\`, in UTC. Both have the same rows in the same order.

\`priority_time\` is the log time at which the order took its place in the queue of its price:
when it was accepted or triggered, and again when it lost its place by a new price, by more
quantity, or by a new display quantity, minimum quantity or peg offset. It is the time of the log
that its account lives in; where the book lives in another shard, the book gave the place earlier
by the way between the two, and \`hop\` names the message. After an account has moved, it is empty
until the order takes another place. The slices of an iceberg have later places, which are told as
[market data](market-data.md) only.

What the exchange does not know is not in it: legal entity identifiers, who in a firm decided,
which algorithm, and when a gateway got a command.

## Files

| file | what |
| --- | --- |
| \`record.json\` | which cluster, shards and range it is of, and the key's fingerprint; written first |
| \`shard-S-NNNNNN.csv\`, \`.parquet\` | the rows of piece N of shard S |
| \`shard-S-NNNNNN.rows\` | 16 bytes for each row: the first half of the SHA-256 of its line in CSV, without the line feed |
| \`shard-S-NNNNNN.json\` | the piece's manifest |
| \`seal.json\` | the last manifest of each shard; written last |
| \`*.json.sig\` | the Ed25519 signature of that file's bytes, 64 bytes |
| \`record-key.pem\` | the public key; compare its fingerprint with what the exchange has told you otherwise |

A manifest says of which entries of the log the piece is: \`after\` is the entry before its first
one, \`upTo\` its last one, each with the hash of the chain over all entries up to there, which is
the one that \`./outcry replay\` and every replica has. \`previous\` is the SHA-256 of the
manifest before it, of the first one that of \`record.json\`. \`files\` has the SHA-256 of each
file. A piece ends with a UTC day, and when it is full (\`--rows\`).

While an export writes, \`export.lock\` is there, and others wait; of one that was killed it goes away with the
next, and so do its \`.unfinished\` files.

## Verifying by other means

Without any program of ours, with OpenSSL 3, coreutils and jq:

\`\`\`sh
# The fingerprint: is it the exchange's?
openssl pkey -pubin -in record-key.pem -outform DER | sha256sum
for file in *.json; do
  openssl pkeyutl -verify -pubin -inkey record-key.pem -rawin -in $file -sigfile $file.sig
done
jq -r '.files[] | "\\(.sha256)  \\(.name)"' shard-*.json | sha256sum --check --quiet
# Each is the "previous" of the next one, and the last ones are in the seal.
sha256sum *.json
jq -r '.previous // empty' shard-*.json
jq -r '.shards[].last' seal.json
\`\`\`

That the pieces are all there: manifests number from 1 in each shard, and \`seal.json\` says how
many there are; the \`upTo\` of one is the \`after\` of the next. Where a file differs, \`.rows\`
says which row.

What this cannot show is that whoever has the key did not sign something else; \`./outcry audit
verify --log\` holds a record against the cluster's logs: entry hashes, each file byte for byte,
what manifests say of rows and times, and whether pieces are missing at the end. It compares with
what the same release would write: a library that writes Parquet otherwise makes another version.
`;

export async function generateRecordDocs(): Promise<string> {
  const rows = columns.map(({ name, kind, unit, meaning }) => {
    return `| \`${name}\` | ${kind} | ${unit} | ${meaning} |`;
  });
  const table = ["| column | type | unit | what |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
  const page = [introduction, events, "## Columns", table, rest].join("\n\n");
  return await format(page, { parser: "markdown" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(recordDocsFile, await generateRecordDocs());
}
