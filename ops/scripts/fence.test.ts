/**
 * Goal: time, chance, asynchrony, the outside and floats stay out of protocols/ and actors/.
 * Method: one offending line at a time is judged by the project's own lint configuration, without
 * the rules that need types.
 */
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { configs } from "typescript-eslint";
import { describe, expect, it } from "vitest";

const eslint = new ESLint({
  cwd: fileURLToPath(new URL("../../", import.meta.url)),
  overrideConfig: [
    { files: ["**/*.ts"], ...configs.disableTypeChecked },
    // Made-up files belong to no TypeScript project.
    { files: ["**/*.ts"], languageOptions: { parserOptions: { projectService: false } } },
  ],
});

async function messagesFor(filePath: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath });
  return results.flatMap(({ messages }) => messages).map(({ message }) => message);
}

const impure: readonly [what: string, code: string, message: RegExp][] = [
  ["the wall clock", "export const at = Date.now();", /Time comes from the log entry/],
  ["a new date", "export const at = new Date(0);", /Time comes from the log entry/],
  ["the monotonic clock", "export const at = performance.now();", /Time comes from the log entry/],
  ["chance", "export const id = Math.random();", /No chance/],
  ["cryptographic chance", "export const id = crypto.randomUUID();", /No chance/],
  ["a timer", "setTimeout(() => undefined, 1);", /synchronous/],
  ["a microtask", "queueMicrotask(() => undefined);", /synchronous/],
  ["a promise", "export const later = Promise.resolve(1);", /synchronous/],
  ["an async function", "export async function decide() { return 1; }", /synchronous/],
  ["an async arrow", "export const decide = async () => 1;", /synchronous/],
  ["an await", "export const decided = await 1;", /synchronous/],
  ["a late import", 'export const late = import("./x.ts");', /synchronous/],
  ["the process", "export const home = process.env.HOME;", /do not perform/],
  ["the network", 'export const page = fetch("x");', /do not perform/],
  ["the console", 'console.log("x");', /do not perform/],
  ["the global object", "export const g = globalThis;", /depends on the machine/],
  ["a language's order", 'export const o = "a".localeCompare("b");', /machine's language/],
  ["a float", "export const fee = 0.001;", /integers only/],
  ["a float without its nought", "export const fee = .5;", /integers only/],
  ["a float by exponent", "export const fee = 1e-3;", /integers only/],
  ["text read as a float", 'export const fee = parseFloat("1");', /integers only/],
  ["an inexact function", "export const root = Math.pow(2, 1);", /last bit/],
  ["key order", "for (const key in {}) JSON.stringify(key);", /Key order/],
  ["its own place", "export const here = import.meta.url;", /no business/],
];

const pure: readonly [what: string, code: string][] = [
  ["whole numbers", "export const lots = 1_000 + 0xff + 1e6;\n"],
  ["exact functions", "export const most = Math.max(1, Math.imul(2, 3), Math.clz32(4));\n"],
  ["generators", "export function* each() {\n  yield 1;\n}\n"],
  ["names that only look alike", "export const entry = { Date: 1, process: 2 };\n"],
];

describe.each(["actors/made-up.ts", "protocols/made-up.ts"])("the fence around %s", (filePath) => {
  it.each(impure)("refuses %s", async (_what, code, message) => {
    expect(await messagesFor(filePath, code)).toContainEqual(expect.stringMatching(message));
  });

  it.each(pure)("lets %s through", async (_what, code) => {
    expect(await messagesFor(filePath, code)).toEqual([]);
  });
});

describe("the fence", () => {
  it.each(["actors/made-up.test.ts", "actors/made-up.fuzz.ts", "protocols/made-up.bench.ts"])(
    "leaves %s alone",
    async (filePath) => {
      expect(await messagesFor(filePath, "export const at = Date.now() * 0.5;\n")).toEqual([]);
    },
  );

  it("does not reach the cluster", async () => {
    expect(await messagesFor("cluster/made-up.ts", "export const at = Date.now();\n")).toEqual([]);
  });
});

const untidy: readonly [what: string, filePath: string, code: string, message: RegExp][] = [
  ["a fourth parameter", "cluster/a.ts", "export function f(a, b, c, d) {}", /too many parameters/],
  ["the console in product code", "gateway/a.ts", "console.log(1);", /console/],
  ["any", "cluster/a.ts", "export const a: any = 1;", /Unexpected any/],
  ["what type stripping cannot erase", "cluster/a.ts", "enum A { B }", /type stripping/],
  ["a bold claim", "cluster/a.ts", "export const f = (a?: string) => a!.length;", /assert or/],
  ["a lone test", "actors/a.test.ts", 'it.only("x", () => {});', /other tests/],
  ["a silent skip", "actors/a.test.ts", 'it.skip("x", () => {});', /says why/],
  ["a silent skip inside", "actors/a.test.ts", "context.skip();", /says why/],
  [
    "a function longer than a screen",
    "actors/a.ts",
    `export function f() {\n${"  JSON.stringify(1);\n".repeat(71)}}`,
    /too many lines/,
  ],
];

describe("lint", () => {
  it.each(untidy)("refuses %s", async (_what, filePath, code, message) => {
    expect(await messagesFor(filePath, code)).toContainEqual(expect.stringMatching(message));
  });

  it("lets a proved index carry the mark", async () => {
    const code = "export const f = (slots: Int32Array, i: number): number => slots[i]!;\n";
    expect(await messagesFor("actors/a.ts", code)).toEqual([]);
  });
});
