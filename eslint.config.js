/**
 * Lint: what the compiler does not refuse and the house style does. Every rule of ours says in its
 * message why it stands there; `ops/scripts/walls.test.ts` shows that the fence holds.
 */
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import { configs as typescript, plugin as typescriptPlugin } from "typescript-eslint";

const tests = ["**/*.{test,fuzz,bench,conformance}.ts", "**/testing/**/*.ts"];
const decided = ["protocols/**/*.ts", "actors/**/*.ts"];

const refusedGlobals = [
  ...["Date", "performance", "Temporal"].map((name) => ({
    name,
    message: "Time comes from the log entry, so that every replica sees the same.",
  })),
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "Promise"].map((name) => ({
    name,
    message: "Actors are synchronous. A timer is a command that comes back through the log.",
  })),
  ...["process", "fetch", "WebSocket", "navigator", "console", "Worker", "require"].map((name) => ({
    name,
    message: "Actors decide, they do not perform. Return an event and let the cluster act on it.",
  })),
  { name: "crypto", message: "No chance below the cluster: derive ids from the entry's sequence." },
  ...["WeakRef", "FinalizationRegistry", "Intl", "globalThis", "eval", "Function"].map((name) => ({
    name,
    message: "Its answer depends on the machine; replicas would differ.",
  })),
  ...["parseFloat", "Float32Array", "Float16Array"].map((name) => ({
    name,
    message: "Prices are ticks and quantities are lots: integers only.",
  })),
];

const refusedProperties = [
  {
    object: "Math",
    property: "random",
    message: "No chance below the cluster: derive ids from the entry's sequence.",
  },
  { object: "Number", property: "parseFloat", message: "Integers only." },
  ...["localeCompare", "toLocaleString", "toLocaleLowerCase", "toLocaleUpperCase"].map(
    (property) => ({ property, message: "Its answer depends on the machine's language." }),
  ),
];

const asynchrony = "Actors are synchronous.";
const refusedSyntax = [
  { selector: ":function[async=true]", message: asynchrony },
  { selector: "AwaitExpression", message: asynchrony },
  { selector: "ForOfStatement[await=true]", message: asynchrony },
  { selector: "ImportExpression", message: asynchrony },
  {
    selector: "ForInStatement",
    message: "Key order is not a contract; iterate a Map or a sorted list.",
  },
  {
    selector: "Literal[raw=/^[0-9_]*\\.[0-9]/]",
    message: "Prices are ticks and quantities are lots: integers only.",
  },
  {
    selector: "Literal[raw=/^[0-9][0-9_.]*e-/i]",
    message: "Prices are ticks and quantities are lots: integers only.",
  },
  {
    selector:
      "MemberExpression[object.name='Math'][property.name=/^(a?(sin|cos|tan)h?|atan2|exp|expm1|log|log10|log1p|log2|pow|cbrt|hypot)$/]",
    message: "The last bit of its result is the engine's choice, and replicas may run two engines.",
  },
  {
    selector: "MetaProperty[meta.name='import']",
    message: "Where the code lies is no business of an actor.",
  },
  {
    selector: "MethodDefinition[kind=/^(get|set)$/] > PrivateIdentifier",
    message: "V8 calls a private accessor through its runtime, at twenty times a method's price.",
  },
];

const houseSyntax = [
  {
    selector: "CatchClause[param=null]",
    message: "Look at what was thrown: handle what you expect and let the rest pass.",
  },
  {
    selector:
      "TSNonNullExpression:not([expression.type='MemberExpression'][expression.computed=true])",
    message:
      "`!` is for an element whose index the code has proved (slots[i]!); assert or handle the rest.",
  },
  {
    selector: "TSEnumDeclaration, TSParameterProperty, TSModuleDeclaration[declare!=true]",
    message: "The source runs as it is, and type stripping cannot erase this.",
  },
];

const testHygiene = [
  {
    selector:
      "CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name='only']",
    message: "The other tests must run too.",
  },
  {
    selector:
      "CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name=/^(skip|todo|fails)$/]",
    message: 'A skip says why: it("…", ({ skip }) => skip(condition, "the reason")).',
  },
  {
    selector:
      "CallExpression[callee.object.name=/^(ctx|context)$/][callee.property.name='skip'][arguments.length=0]",
    message: "A skip says why: pass the reason.",
  },
];

export default defineConfig(
  globalIgnores(["**/node_modules/", "**/coverage/", "**/dist/", "clients/web/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [js.configs.recommended, typescript.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      // houseSyntax says it more exactly.
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-restricted-syntax": ["error", ...houseSyntax],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // The compiler counts unused names already; what starts with _ is meant to be unused.
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "all" },
      ],
      // An interface may promise what one of its implementations can do at once.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: "error",
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/max-params": ["error", { max: 3 }],
      "no-console": "error",
    },
  },
  {
    files: ["ops/**", "chaos/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.mjs", "**/*.js"],
    extends: [js.configs.recommended],
    languageOptions: { globals: { process: "readonly", performance: "readonly", URL: "readonly" } },
    rules: {
      // The compiler checks these files too, and it knows Node's globals.
      "no-undef": "off",
    },
  },
  {
    files: decided,
    ignores: tests,
    rules: {
      "no-restricted-globals": ["error", ...refusedGlobals],
      "no-restricted-properties": ["error", ...refusedProperties],
      "no-restricted-syntax": ["error", ...houseSyntax, ...refusedSyntax],
    },
  },
  {
    files: tests,
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/max-params": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/unbound-method": "off",
      "no-restricted-syntax": ["error", ...testHygiene],
    },
  },
  {
    plugins: { "@typescript-eslint": typescriptPlugin },
    files: ["eslint.config.js", ".dependency-cruiser.cjs"],
    rules: { "no-undef": "off" },
  },
);
