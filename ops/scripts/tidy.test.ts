import { describe, expect, it } from "vitest";
import { tidy } from "./tidy.ts";
import type { SourceFile } from "./tidy.ts";

function complaints(...files: SourceFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const found = tidy({ files, has: (path) => paths.has(path) });
  return found.map(({ path, line, message }) => `${path}:${line ?? "-"} ${message}`);
}

const header = "/** What it is for. */\n";

const refused: readonly [what: string, path: string, text: string, complaint: RegExp][] = [
  ["a word that has a better one", "actors/a.ts", `${header}// cancelled`, /:2 .*canceled/],
  ["known faults", "actors/a.ts", `${header}// FIXME later`, /:2 .*mended/],
  ["promises without an issue", "actors/a.ts", `${header}// TODO later`, /:2 .*issue/],
  ["a silenced compiler", "actors/a.ts", `${header}// @ts-ignore`, /:2 .*understands/],
  [
    "a silenced rule without a reason",
    "cluster/a.ts",
    `${header}// eslint-disable-next-line max-lines`,
    /reason/,
  ],
  ["long lines", "actors/a.ts", `${header}${"a + ".repeat(30)}`, /:2 longer than 100/],
  ["a file that does not say what it is", "cluster/a.ts", "export {};\n", /begin with/],
  ["names that say nothing", "cluster/log-utils.ts", header, /says nothing/],
  ["capitals in file names", "cluster/memoryLog.ts", header, /kebab-case/],
  ["tests that should", "actors/a.test.ts", 'it("should match", f);', /drop the should/],
  [
    "tests that sleep",
    "actors/a.test.ts",
    "await new Promise((resolve) => setTimeout(resolve, 10));",
    /sleeps/,
  ],
  ["two titles", "docs/a.md", "# One\n\n# Two\n", /:3 .*one title, not 2/],
  ["no title", "docs/a.md", "text\n", /one title, not 0/],
  ["links that lead nowhere", "docs/a.md", "# A\n[b](./b.md)\n", /:2 .*nowhere: .\/b.md/],
  ["long folder READMEs", "actors/README.md", `# A\n${"line\n".repeat(60)}`, /one screen/],
  ["decisions that nobody finds", "docs/decisions/0001-a.md", "# A\n", /not in the index/],
];

const accepted: readonly [what: string, ...files: SourceFile[]][] = [
  ["tests without a header", { path: "actors/a.test.ts", text: "export {};\n" }],
  ["TODO with an issue", { path: "actors/a.ts", text: `${header}// TODO (#12) merge\n` }],
  ["long texts", { path: "actors/a.ts", text: `${header}const a = "${"a".repeat(100)}";\n` }],
  ["headings inside code", { path: "docs/a.md", text: "# A\n```sh\n# not a title\n```\n" }],
  [
    "links to pages elsewhere",
    { path: "docs/a.md", text: "# A\n[b](https://example.org) [c](#c)\n" },
  ],
  [
    "links with a place in the page",
    { path: "docs/a.md", text: "# A\n[b](../README.md#start)\n" },
    { path: "README.md", text: "# B\n" },
  ],
  [
    "decisions in the index",
    { path: "docs/decisions/0001-a.md", text: "# A\n" },
    { path: "docs/decisions/README.md", text: "# Index\n\n[a](0001-a.md)\n" },
  ],
];

describe("tidy", () => {
  it.each(refused)("refuses %s", (_what, path, text, complaint) => {
    expect(complaints({ path, text })).toContainEqual(expect.stringMatching(complaint));
  });

  it.each(accepted)("accepts %s", (_what, ...files) => {
    expect(complaints(...files)).toEqual([]);
  });
});
