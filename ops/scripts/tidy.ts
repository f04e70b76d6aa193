/**
 * House rules that neither the compiler nor lint can see: words, headers, names, documents. Each
 * rule says what to write instead. `npm run check -- tidy`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Untidiness {
  readonly path: string;
  /** Counted from 1; absent where the file as a whole is meant. */
  readonly line?: number;
  readonly message: string;
}

type Rule = (file: SourceFile, repository: Repository) => Iterable<Omit<Untidiness, "path">>;

/** The whole of it, for rules that look from one file to another. */
export interface Repository {
  readonly files: readonly SourceFile[];
  readonly has: (path: string) => boolean;
}

export function tidy(repository: Repository): Untidiness[] {
  return repository.files.flatMap((file) =>
    rules.flatMap((rule) =>
      [...rule(file, repository)].map((found) => ({ path: file.path, ...found })),
    ),
  );
}

const lineLengthMax = 100;
const readmeLinesMax = 60;

/** These two name what is refused, and have to spell it out. */
const exempt = /^ops\/scripts\/(tidy|fence)(\.test)?\.ts$/;
const source = /\.(ts|mts|mjs|cjs|js)$/;
const test = /\.(test|fuzz|bench|conformance)\.ts$/;
const ourFolder = /^(protocols|actors|cluster|gateway|clients|ops|chaos)\//;

const bannedWords: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bcancelled\b/i, '"canceled", with one l, as exchanges write it'],
  [/\bslave\b|\bmaster (node|replica|server)/i, '"emitter" and "follower"'],
  [/\b(whitelist|blacklist)/i, '"allowed" and "refused"'],
  [/\bFIXME\b/, "the mended code: what is known to be wrong is not committed"],
  [/\bTODO\b(?!.*#\d)/, "the number of its issue beside it, or the code that does it"],
  [/@ts-(ignore|nocheck)\b/, "code that the compiler understands"],
  [/^\s*\/\/ eslint-disable[\w-]*\s+[\w@/-]+\s*$/, 'the reason after it: "-- because …"'],
];

const emptyNames = /(^|-)(utils?|helpers?|common|misc|manager|impl)(-|\.|$)/;

const rules: readonly Rule[] = [
  function* words({ path, text }) {
    if (!source.test(path) || exempt.test(path)) return;
    for (const [line, content] of numbered(text)) {
      for (const [pattern, instead] of bannedWords) {
        const word = pattern.exec(content)?.[0].trim();
        if (word !== undefined) yield { line, message: `instead of "${word}" write ${instead}` };
      }
    }
  },

  function* lineLength({ path, text }) {
    if (!source.test(path)) return;
    for (const [line, content] of numbered(text)) {
      // The formatter breaks what can be broken; texts, patterns and addresses it leaves alone.
      if (content.length <= lineLengthMax || /["'`]|https?:|\/\S+\//.test(content)) continue;
      yield { line, message: `longer than ${lineLengthMax} columns: two files fit side by side` };
    }
  },

  function* header({ path, text }) {
    if (!source.test(path) || !ourFolder.test(path) || test.test(path)) return;
    if (/^(#!.*\n)?(\/\*\*|\/\/)/.test(text)) return;
    yield { line: 1, message: "begin with what the file is for, and what it must never do" };
  },

  function* names({ path }) {
    if (!ourFolder.test(path)) return;
    const name = basename(path);
    if (emptyNames.test(name)) yield { message: "the name says nothing: name the one noun it is" };
    if (source.test(name) && /[A-Z_]/.test(name)) yield { message: "file names are kebab-case" };
  },

  function* testNames({ path, text }) {
    if (!test.test(path) || exempt.test(path)) return;
    for (const [line, content] of numbered(text)) {
      if (!/\b(it|test)(\.each\(.*\))?\(\s*["'`]should\b/i.test(content)) continue;
      yield { line, message: "a test's name states what is so: drop the should" };
    }
  },

  function* sleeps({ path, text }) {
    if (!/\.(test|fuzz)\.ts$/.test(path) || path.endsWith(".cluster.test.ts")) return;
    if (exempt.test(path)) return;
    for (const [line, content] of numbered(text)) {
      if (!/setTimeout\(resolve|setTimeout as \w+/.test(content)) continue;
      yield { line, message: "a test that sleeps is slow and still races: wait for what happens" };
    }
  },

  function* oneTitle({ path, text }) {
    if (!path.endsWith(".md")) return;
    const titles = numbered(withoutCode(text)).filter(([, content]) => /^# /.test(content));
    if (titles.length === 1) return;
    yield { line: titles[1]?.[0] ?? 1, message: `a document has one title, not ${titles.length}` };
  },

  function* links({ path, text }, { has }) {
    if (!path.endsWith(".md")) return;
    for (const [line, content] of numbered(withoutCode(text))) {
      for (const [, target = ""] of content.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^([a-z]+:|#)/.test(target)) continue;
        const linked = normalize(join(dirname(path), target.replace(/#.*$/, "")));
        if (!has(linked)) yield { line, message: `the link leads nowhere: ${target}` };
      }
    }
  },

  function* readmeLength({ path, text }) {
    if (!ourFolder.test(path) || basename(path) !== "README.md") return;
    if (numbered(text).length <= readmeLinesMax) return;
    yield { message: `a folder's README is one screen: at most ${readmeLinesMax} lines` };
  },

  function* decisionIndex({ path }, { files }) {
    if (!/^docs\/decisions\/\d{4}-.*\.md$/.test(path)) return;
    const index = files.find((file) => file.path === "docs/decisions/README.md");
    if (index?.text.includes(basename(path)) === true) return;
    yield { message: "not in the index: add it to docs/decisions/README.md" };
  },
];

/** Lines with their numbers, without the empty one after the last line's end. */
function numbered(text: string): [number, string][] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((content, index) => [index + 1, content]);
}

/** The same lines, with those inside fences emptied. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^ *(```|~~~)[^]*?^ *\1/gm, (fenced) => fenced.replace(/[^\n]/g, ""));
}

function readRepository(root: string): Repository {
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const paths = execFileSync("git", listing, { cwd: root, encoding: "utf8" }).split("\0");
  const looksLikeText = /\.(ts|mts|mjs|cjs|js|md)$/;
  return {
    files: paths
      .filter((path) => looksLikeText.test(path) && existsSync(join(root, path)))
      .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })),
    has: (path) => existsSync(join(root, path)),
  };
}

if (import.meta.main) {
  const found = tidy(readRepository(fileURLToPath(new URL("../../", import.meta.url))));
  for (const { path, line, message } of found) {
    console.log(`${path}${line === undefined ? "" : `:${line}`}  ${message}`);
  }
  process.exitCode = found.length === 0 ? 0 : 1;
}
