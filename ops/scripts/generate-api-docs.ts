/**
 * Writes the pages of `docs/protocols/` that describe the client API, from the schemas, the
 * examples and the catalogue of errors in `protocols/api/`. A test fails while a page is stale.
 *
 *   node ops/scripts/generate-api-docs.ts
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import type { TSchema } from "typebox";
import { approvalDocument } from "../../protocols/api/approval-document.ts";
import * as adminRequests from "../../protocols/api/admin-requests.ts";
import * as risk from "../../protocols/api/risk-requests.ts";
import { contractNews } from "../../protocols/api/contract-news.ts";
import * as contracts from "../../protocols/api/contract-terms.ts";
import * as deficits from "../../protocols/api/deficit-requests.ts";
import * as margin from "../../protocols/api/margin-requests.ts";
import * as clearing from "../../protocols/api/clearing-requests.ts";
import * as custody from "../../protocols/api/custody-requests.ts";
import { errorTexts } from "../../protocols/api/errors.ts";
import {
  historyRequestNames,
  historyRequests,
  subjectPatternOfHistory,
} from "../../protocols/api/history.ts";
import * as past from "../../protocols/api/history-replies.ts";
import * as messages from "../../protocols/api/market-data.ts";
import * as summaries from "../../protocols/api/market-summaries.ts";
import * as trading from "../../protocols/api/trading-terms.ts";
import * as replies from "../../protocols/api/replies.ts";
import { requestNames, requests, subjectOfRequest } from "../../protocols/api/requests.ts";
import type {
  RequestDescription,
  RequestName,
  RequestScope,
} from "../../protocols/api/requests.ts";
import { RejectReason } from "../../protocols/index.ts";
import { publications } from "./api-publications.ts";
import type { PublicationDescription } from "./api-publications.ts";

export const docsFolder = new URL("../../docs/protocols/", import.meta.url);

/** The pages by file name, as they should stand. */
export async function generateApiDocs(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const [name, text] of [
    ["order-entry.md", orderEntryPage()],
    ["market-data.md", marketDataPage()],
    ["administration.md", administrationPage()],
    ["history-requests.md", historyPage()],
    ["reject-reasons.md", rejectReasonsPage()],
  ] as const) {
    pages.set(name, await format(text, { parser: "markdown", printWidth: 100 }));
  }
  return pages;
}

// ---- Pages ---------------------------------------------------------------------------------

const generated =
  "_This page is generated from the schemas in `protocols/api/`; see [README](README.md) for how to " +
  "connect, for units and for what is the same for all requests._";

function orderEntryPage(): string {
  return [
    "# Order entry",
    "What an account may ask about its orders and balances. The account is in the subject and " +
      "never in a body; `demo` stands for yours. What becomes of an order in each trading phase: " +
      "[order admission](order-admission.md).",
    generated,
    ...requestsOf("account").map(requestSection),
    objectSection("Order state", replies.orderState),
    objectSection("Order", replies.orderDetails),
    objectSection("Balance", replies.balance),
    objectSection("Withdrawal", custody.withdrawal),
    objectSection("Allowed address", custody.allowed),
    objectSection("Withdrawal limits", custody.limit),
    objectSection("Deposit address", custody.depositAddress),
    objectSection("Deposit", custody.deposit),
    objectSection("What is used of limits", risk.riskUse),
    objectSection("Obligation", clearing.obligation),
    objectSection("Position", margin.position),
    objectSection("Margin of an asset", margin.marginOfAsset),
    objectSection("Refusal", replies.refusal),
    objectSection("Error", replies.apiError),
    "All errors there are: [reject reasons](reject-reasons.md).",
  ].join("\n\n");
}

function marketDataPage(): string {
  return [
    "# Market data",
    "What anybody may ask about the market, and what is published without being asked for.",
    generated,
    "## Keeping a book",
    "Subscribe to the depth feed and keep what comes. Ask for `depth`. Drop the updates up to its " +
      "`updateId`, apply the rest in order: each sets what rests at one price. If an update id is " +
      "missing, begin again. After a failover updates can come twice: drop those you have. " +
      "Messages can be lost, and the last one of a quiet market shows in no gap, so ask for " +
      "`depth` now and then. When the book is as of the update of a checksum, its best levels must " +
      "have that checksum; if they have not, begin again. `LocalBook` in the SDK does all this.",
    "## Keeping a book by order",
    "The same with the feed of displayed orders and `displayedOrders`. Keep each order under its " +
      "entry id; at one price they trade in ascending order of these. An order has its entry for as " +
      "long as it keeps its place: one that goes to the end of a queue leaves its entry and gets " +
      "another, be it a replaced or a pegged order or the next slice of an iceberg, so that nobody " +
      "can tell it from a new order ([matching](matching.md) says who does). An answer that holds " +
      "as many orders of a side as were asked for may lack those behind them. `LocalBookByOrder` " +
      "in the SDK does all this.",
    ...Object.values(publications).map(publicationSection),
    objectSection("Published trade", messages.publishedTrade),
    objectSection("Execution report", messages.report),
    objectSection("Contract news", contractNews),
    ...requestsOf("market").map(requestSection),
    objectSection("Trade", replies.trade),
    objectSection("Candle", summaries.candle),
    objectSection("Statistics", summaries.statistics),
    objectSection("Instrument", replies.instrument),
    objectSection("Trading terms", trading.tradingTerms),
    objectSection("Contract terms", contracts.contractTerms),
    objectSection("Contract figures", contracts.contractFigures),
    objectSection("Tick size", trading.tickSize),
    objectSection("Calendar", trading.tradingCalendar),
    objectSection("Zone offset", trading.zoneOffset),
    objectSection("Exception", trading.calendarException),
    objectSection("Calendar step", trading.sessionStep),
    objectSection("Asset", replies.asset),
    objectSection("Settlement cycle", clearing.cycle),
    objectSection("Shard status", replies.shardStatus),
    objectSection("Node status", replies.nodeStatus),
    objectSection("Replica status", replies.replicaStatus),
  ].join("\n\n");
}

function administrationPage(): string {
  return [
    "# Administration",
    "What administrators may ask. Who asks stands in the subject, where the servers let nobody " +
      "write another one's name, and is written into the log with every command; of every " +
      "halt, kill switch and breaker it is told to everybody. What those do: [trading phases](trading-phases.md). " +
      "Every command may come with approvals of others, and needs them where the policy says so: " +
      "[governance](../governance.md).",
    generated,
    ...requestsOf("admin").map(requestSection),
    objectSection("How an instrument trades", trading.tradingTermsRequest),
    objectSection("Breaker level", adminRequests.breakerLevel),
    objectSection("Approval", approvalDocument),
    objectSection("Needed approvals", adminRequests.neededApprovals),
    objectSection("Deficit", deficits.deficit),
    objectSection("Limits of risk", risk.riskLimitValues),
    objectSection("Limits of risk in force", risk.scopedRiskLimits),
    objectSection("Account in a group", risk.riskGroupMember),
    objectSection("Rules of custody", custody.policy),
    objectSection("Approval tier", custody.tier),
    objectSection("What is owed of an asset", custody.holding),
    objectSection("Round of settlement", clearing.round),
    objectSection("Obligation of a round", clearing.roundObligation),
  ].join("\n\n");
}

function historyPage(): string {
  return [
    "# History requests",
    "What may be asked about the past, of an exchange that keeps [history](../history.md): an account " +
      "about itself, and anybody about the market. Where nobody keeps history, nobody hears these " +
      "requests, and NATS says so at once.",
    generated,
    "## Pages",
    "Answers come in pages. A page that is not the last one has a `next`: ask the same again with it as " +
      "`after`. `asOf` says up to which entry of each shard's log rows are on these pages, and stays the " +
      "same from the first one to the last, so no row is told twice or left out while history goes on. To " +
      "hear what came since, ask anew. A row is known by `shard`, `sequence` and `index`, wherever and " +
      "whenever it is told. `entriesBehind` is 0 where nothing of what the logs hold is missing.",
    ...historyRequestNames.map((name) =>
      section(name, historyRequests[name], subjectPatternOfHistory(name).replace("*", "demo")),
    ),
    objectSection("Past order", past.pastOrder),
    objectSection("Fill", past.fill),
    objectSection("Ledger entry", past.ledgerEntry),
    objectSection("Past trade", past.pastTrade),
  ].join("\n\n");
}

function rejectReasonsPage(): string {
  const rows = Object.entries(errorTexts)
    .map(([name, text]) => ({ name, number: numberOf(name), ...text }))
    .sort((a, b) => a.number - b.number)
    .map(({ number, name, message, remedy }) => [String(number), `\`${name}\``, message, remedy]);
  return [
    "# Reject reasons",
    "Why the exchange said no. Numbers and names are never reused. Those below 1000 are decided by " +
      "the actors, in the log: where a command breaks several rules, the first in this order is " +
      "told, but for what only the order book can tell. Those from 1000 on are said by a gateway " +
      "about a request that never reached the log, or too late to be done, except 1040, which says " +
      "that nobody knows.",
    generated,
    table(["Number", "Name", "Meaning", "What to do"], rows),
  ].join("\n\n");
}

function numberOf(name: string): number {
  return RejectReason[name as keyof typeof RejectReason];
}

// ---- Sections ------------------------------------------------------------------------------

function requestsOf(scope: RequestScope): readonly RequestName[] {
  return requestNames.filter((name) => requests[name].scope === scope);
}

function requestSection(name: RequestName): string {
  const asker = requests[name].scope === "admin" ? "ops" : "demo";
  return section(name, requests[name], subjectOfRequest(name, asker));
}

function section(name: string, described: RequestDescription, subject: string): string {
  const { scope, summary, request, reply, example } = described;
  return [
    `## ${name}`,
    summary,
    `Subject: \`${subject}\``,
    fieldsOf(request, "No fields."),
    "When it is done, the reply's `ok` is true, and it holds:",
    fieldsOf(reply, "Nothing else."),
    "Example request:",
    fence("json", json(example.request)),
    "Example reply:",
    fence("json", json(example.reply)),
    fence("sh", `nats ${options(scope)} req ${subject} '${JSON.stringify(example.request)}'`),
  ].join("\n\n");
}

function publicationSection(publication: PublicationDescription): string {
  const { title, subject, summary, message, example } = publication;
  return [
    `## ${title}`,
    summary,
    `Subject: \`${subject}\``,
    fieldsOf(message, "No fields."),
    fence("json", json(example)),
    fence("sh", `nats ${options("account")} sub ${subject}`),
  ].join("\n\n");
}

function objectSection(title: string, schema: TSchema): string {
  return [`## ${title}`, descriptionOf(schema), fieldsOf(schema, "No fields.")].join("\n\n");
}

/** A participant or an administrator as the `nats` tool must connect. */
function options(scope: RequestScope): string {
  return scope === "admin"
    ? "--creds ops.creds --inbox-prefix _INBOX._admin.ops"
    : "--creds demo.creds --inbox-prefix _INBOX.demo";
}

// ---- Fields --------------------------------------------------------------------------------

/** What we read of a schema: JSON Schema, and our own `unit`, `rule` and textual `default`. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly rule?: string;
  readonly default?: string | number;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

function fieldsOf(schema: TSchema, none: string): string {
  const { properties = {}, required = [] } = schema as Schema;
  const rows = Object.entries(properties)
    .filter(([name]) => name !== "ok")
    .map(([name, field]) => [
      `\`${name}\`${required.includes(name) ? "" : " (optional)"}`,
      typeOf(field),
      field.unit ?? "",
      constraintOf(field),
      descriptionOf(field),
    ]);
  if (rows.length === 0) return none;
  return table(["Field", "Type", "Unit", "Constraint", "Meaning"], rows);
}

/** Objects that have a section of their own, by what describes them. */
const titles: ReadonlyMap<string, string> = new Map(
  (
    [
      [replies.orderState, "order-entry.md#order-state"],
      [replies.orderDetails, "order-entry.md#order"],
      [replies.balance, "order-entry.md#balance"],
      [custody.withdrawal, "order-entry.md#withdrawal"],
      [custody.allowed, "order-entry.md#allowed-address"],
      [custody.limit, "order-entry.md#withdrawal-limits"],
      [custody.depositAddress, "order-entry.md#deposit-address"],
      [custody.deposit, "order-entry.md#deposit"],
      [risk.riskUse, "order-entry.md#what-is-used-of-limits"],
      [risk.riskLimitValues, "administration.md#limits-of-risk"],
      [risk.scopedRiskLimits, "administration.md#limits-of-risk-in-force"],
      [risk.riskGroupMember, "administration.md#account-in-a-group"],
      [clearing.obligation, "order-entry.md#obligation"],
      [margin.position, "order-entry.md#position"],
      [deficits.deficit, "administration.md#deficit"],
      [margin.marginOfAsset, "order-entry.md#margin-of-an-asset"],
      [clearing.cycle, "market-data.md#settlement-cycle"],
      [clearing.round, "administration.md#round-of-settlement"],
      [clearing.roundObligation, "administration.md#obligation-of-a-round"],
      [custody.policy, "administration.md#rules-of-custody"],
      [custody.tier, "administration.md#approval-tier"],
      [custody.holding, "administration.md#what-is-owed-of-an-asset"],
      [replies.refusal, "order-entry.md#refusal"],
      [replies.apiError, "order-entry.md#error"],
      [replies.trade, "market-data.md#trade"],
      [summaries.candle, "market-data.md#candle"],
      [summaries.statistics, "market-data.md#statistics"],
      [replies.instrument, "market-data.md#instrument"],
      [trading.tradingTerms, "market-data.md#trading-terms"],
      [trading.tradingTermsRequest, "administration.md#how-an-instrument-trades"],
      [contracts.contractTerms, "market-data.md#contract-terms"],
      [contracts.contractFigures, "market-data.md#contract-figures"],
      [trading.tickSize, "market-data.md#tick-size"],
      [trading.tradingCalendar, "market-data.md#calendar"],
      [trading.zoneOffset, "market-data.md#zone-offset"],
      [trading.calendarException, "market-data.md#exception"],
      [trading.sessionStep, "market-data.md#calendar-step"],
      [adminRequests.breakerLevel, "administration.md#breaker-level"],
      [approvalDocument, "administration.md#approval"],
      [adminRequests.neededApprovals, "administration.md#needed-approvals"],
      [replies.asset, "market-data.md#asset"],
      [replies.shardStatus, "market-data.md#shard-status"],
      [replies.nodeStatus, "market-data.md#node-status"],
      [replies.replicaStatus, "market-data.md#replica-status"],
      [messages.publishedTrade, "market-data.md#published-trade"],
      [messages.report, "market-data.md#execution-report"],
      [contractNews, "market-data.md#contract-news"],
      [past.pastOrder, "history-requests.md#past-order"],
      [past.fill, "history-requests.md#fill"],
      [past.ledgerEntry, "history-requests.md#ledger-entry"],
      [past.pastTrade, "history-requests.md#past-trade"],
    ] as const
  ).map(([schema, link]) => [descriptionOf(schema), link]),
);

function typeOf(schema: Schema): string {
  const link = titles.get(schema.description ?? "");
  if (schema.type === "object") {
    if (link === undefined) return "object";
    return `[${titleOf(link.slice(link.indexOf("#") + 1).replaceAll("-", " "))}](${link})`;
  }
  if (schema.anyOf !== undefined) return unionOf(schema.anyOf);
  if (schema.enum !== undefined) return "word";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return listOf(schema);
  if (schema.type === "string") return "text";
  return schema.type ?? "anything";
}

function listOf({ items }: Schema): string {
  if (items === undefined) return "list";
  if (Array.isArray(items)) return `[${items.map(typeOf).join(", ")}]`;
  return `list of ${typeOf(items as Schema)}`;
}

function unionOf(parts: readonly Schema[]): string {
  const ops = parts.map((part) => part.properties?.["op"]?.const);
  if (ops.every((op) => op !== undefined)) return "command";
  return parts.map(typeOf).join(" or ");
}

function constraintOf(schema: Schema): string {
  const parts: string[] = [];
  if (schema.enum !== undefined) parts.push(schema.enum.map((word) => `\`${word}\``).join(", "));
  if (schema.rule !== undefined) parts.push(schema.rule);
  else if (schema.pattern !== undefined) parts.push(`\`${schema.pattern}\``);
  else parts.push(rangeOf(schema));
  if (schema.default !== undefined) parts.push(`default ${String(schema.default)}`);
  return parts.filter((part) => part !== "").join("; ");
}

function rangeOf({ minimum, maximum, minItems, maxItems }: Schema): string {
  if (maxItems !== undefined && minItems === maxItems) return `exactly ${String(maxItems)}`;
  if (maxItems !== undefined) return `${String(minItems ?? 0)} to ${String(maxItems)}`;
  if (maximum === undefined || minimum === undefined) return "";
  if (maximum < Number.MAX_SAFE_INTEGER) return `${String(minimum)} to ${String(maximum)}`;
  return minimum >= 0 ? `at least ${String(minimum)}` : "";
}

function descriptionOf(schema: Schema | TSchema): string {
  return (schema as Schema).description ?? "";
}

// ---- Markdown ------------------------------------------------------------------------------

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // Columns that no row fills are left out.
  const used = head.map((_, column) => rows.some((row) => row[column] !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .filter((_, column) => used[column])
      .map((cell) => cell.replaceAll("|", "\\|"))
      .join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** JSON with short lists and objects on one line. */
function json(value: object): string {
  const spread = JSON.stringify(value, undefined, 2);
  return spread.replaceAll(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_, inner: string) => {
    return `[${inner.split(/\n\s+/).join(" ")}]`;
  });
}

function titleOf(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of await generateApiDocs())
    await writeFile(new URL(name, docsFolder), text);
}
