/** Goal: what the documentation says about the API is what the code does. */
import { readFile } from "node:fs/promises";
import { Errors } from "typebox/value";
import { describe, expect, it } from "vitest";
import { mayReplyTo } from "../../gateway/nats/reply-subject.ts";
import { errorTexts } from "../../protocols/api/errors.ts";
import { historyRequestNames } from "../../protocols/api/history.ts";
import { requestNames, requests, subjectOfRequest } from "../../protocols/api/requests.ts";
import { participantPayloadBytesMax } from "../../protocols/api/limits.ts";
import { clientSubjects, RejectReason } from "../../protocols/index.ts";
import { inboxPrefix, roles } from "../credentials/permissions.ts";
import { publications } from "./api-publications.ts";
import { docsFolder, generateApiDocs } from "./generate-api-docs.ts";

const pages = await generateApiDocs();

async function pageAsWritten(name: string): Promise<string> {
  return readFile(new URL(name, docsFolder), "utf8");
}

describe("the documentation of the API", () => {
  it.each([...pages.keys()])(
    "is not stale in %s: run ops/scripts/generate-api-docs.ts",
    async (name) => {
      expect(await pageAsWritten(name)).toBe(pages.get(name));
    },
  );

  it("describes every request under its subject", async () => {
    const written = [...pages.values()].join("\n");
    for (const name of requestNames) {
      expect(written).toContain(`\n## ${name}\n`);
      expect(written).toContain(
        `Subject: \`${subjectOfRequest(name, requests[name].scope === "admin" ? "ops" : "demo")}\``,
      );
    }
    for (const name of historyRequestNames) {
      expect(written).toContain(`\n## ${name}\n`);
      expect(written).toMatch(
        new RegExp(`Subject: \`outcry\\.v1\\.(acct\\.demo|market)\\.${name}\``),
      );
    }
  });
});

describe("a published example", () => {
  it.each(Object.values(publications))("of the $title is as its schema says", (publication) => {
    expect(Errors(publication.message, publication.example)).toEqual([]);
  });
});

describe("what the API says of credentials", () => {
  it("is what the credentials say", async () => {
    expect(roles.participant.limits.payloadBytes).toBe(participantPayloadBytesMax);
    const page = await pageAsWritten("README.md");
    expect(page).toContain(`${String(participantPayloadBytesMax / 1024)} KiB`);
    expect(inboxPrefix("participant", "demo")).toBe(clientSubjects.inbox("demo"));
    expect(mayReplyTo("admin", "ops", `${inboxPrefix("admin", "ops")}.x`)).toBe(true);
  });
});

describe("the table of reject reasons", () => {
  it("has a row for every reason, and none for what is no reason", async () => {
    const rows = (await pageAsWritten("reject-reasons.md")).matchAll(/^\| (\d+) +\| `([a-z-]+)`/gm);
    const documented = [...rows].map(([, number, name]) => [name, Number(number)]);
    const { none: _, ...reasons } = RejectReason;
    expect(new Map(documented as [string, number][])).toEqual(new Map(Object.entries(reasons)));
  });

  it("gives no number twice", () => {
    const numbers = Object.values(RejectReason);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("says of each what it means and what to do, as sentences", () => {
    for (const { message, remedy } of Object.values(errorTexts)) {
      expect(message).toMatch(/^[A-Z`].*\.$/);
      expect(remedy).toMatch(/^[A-Z0-9`].*\.$/);
    }
  });
});
