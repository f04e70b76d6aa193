/**
 * What an expression of PromQL asks for: names of metrics, and labels of each. Enough of the
 * language to find them all, and strict: what it does not know is a fault and not passed over.
 *
 * Language: https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export interface Selector {
  readonly metric: string;
  /** In its matchers. */
  readonly labels: readonly string[];
}

export interface PromqlUse {
  readonly selectors: readonly Selector[];
  /** In `by`, `on` and their like: of any of the selectors, or made. */
  readonly grouping: readonly string[];
  /** By `label_replace` and `label_join`. */
  readonly made: readonly string[];
}

export class PromqlFault extends Error {}

/** Labels by name of metric, as something exports them. */
export type KnownMetrics = ReadonlyMap<string, ReadonlySet<string>>;

/** What Prometheus adds to everything that it scrapes. */
const targetLabels = ["job", "instance"];

/** What an expression asks for that nobody exports, each in words. */
export function unknownIn(expression: string, known: KnownMetrics): readonly string[] {
  const { selectors, grouping, made } = usesOf(expression);
  const labelsOf = (metric: string) => [...(known.get(metric) ?? []), ...targetLabels];
  const all = new Set([...selectors.flatMap(({ metric }) => labelsOf(metric)), ...made]);
  return [
    ...selectors.flatMap(({ metric, labels }) => {
      if (!known.has(metric)) return [`no metric ${metric}`];
      const lacking = labels.filter((label) => !labelsOf(metric).includes(label));
      return lacking.map((label) => `no label ${label} of ${metric}`);
    }),
    ...grouping.filter((label) => !all.has(label)).map((label) => `no label ${label} to group by`),
  ];
}

export function usesOf(expression: string): PromqlUse {
  return new Reader(tokensOf(withoutVariables(expression))).read();
}

/** Grafana puts a duration in place of these; other variables stand in strings. */
function withoutVariables(expression: string): string {
  return expression.replaceAll(/\$__(rate_interval|interval|range)\b/g, "5m");
}

type TokenKind = "name" | "string" | "number" | "mark";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const tokenPattern = new RegExp(
  [
    String.raw`(?<space>\s+|#[^\n]*)`,
    String.raw`(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\`[^\`]*\`)`,
    // Durations are numbers here: nothing is asked of them.
    String.raw`(?<number>0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?:ms|[smhdwy])?(?:\d+(?:ms|[smhdwy]))*)`,
    String.raw`(?<name>[a-zA-Z_][a-zA-Z0-9_:]*)`,
    String.raw`(?<mark>[=!]~|[=!<>]=|[-+*/%^<>=(){}[\],:@])`,
  ].join("|"),
  "giy",
);

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < expression.length) {
    const at = tokenPattern.lastIndex;
    const groups = tokenPattern.exec(expression)?.groups;
    if (groups === undefined) throw new PromqlFault(`no PromQL: ${expression.slice(at, at + 20)}`);
    for (const kind of ["name", "string", "number", "mark"] as const) {
      const text = groups[kind];
      if (text !== undefined) tokens.push({ kind, text });
    }
  }
  return tokens;
}

const aggregations = new Set(
  (
    "sum avg min max count stddev stdvar group topk bottomk quantile count_values " +
    "limitk limit_ratio"
  ).split(" "),
);
const functions = new Set(
  (
    "abs absent absent_over_time avg_over_time ceil changes clamp clamp_max clamp_min " +
    "count_over_time delta deriv exp floor histogram_avg histogram_count histogram_fraction " +
    "histogram_quantile histogram_sum idelta increase irate label_join label_replace " +
    "last_over_time ln log10 log2 max_over_time min_over_time predict_linear present_over_time " +
    "quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev_over_time " +
    "sum_over_time time timestamp vector"
  ).split(" "),
);
const groupings = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const words = new Set(["and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"]);
const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

class Reader {
  readonly #tokens: readonly Token[];
  readonly #selectors: Selector[] = [];
  readonly #grouping: string[] = [];
  readonly #made: string[] = [];
  readonly #open: string[] = [];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): PromqlUse {
    while (this.#at < this.#tokens.length) this.#step();
    if (this.#open.length > 0) throw new PromqlFault(`${this.#open.join(" ")} is left open`);
    if (this.#selectors.length === 0) throw new PromqlFault("it asks for no metric");
    return { selectors: this.#selectors, grouping: this.#grouping, made: this.#made };
  }

  #step(): void {
    const { kind, text } = this.#take();
    if (kind === "name") this.#readName(text);
    else if (kind === "mark") this.#readMark(text);
  }

  #readMark(text: string): void {
    if (text === "{") throw new PromqlFault("a selector without the name of its metric");
    const expected = closing[text];
    if (expected !== undefined) this.#open.push(expected);
    else if ([")", "]", "}"].includes(text) && this.#open.pop() !== text) {
      throw new PromqlFault(`${text} closes nothing`);
    }
  }

  #readName(name: string): void {
    if (groupings.has(name)) {
      // What is grouped without a label need not have it.
      const labels = this.#peek("(") ? this.#namesWithin() : [];
      if (name !== "without" && name !== "ignoring") this.#grouping.push(...labels);
    } else if (aggregations.has(name)) {
      const isCalled = this.#peek("(") || this.#peek("by") || this.#peek("without");
      if (!isCalled) throw new PromqlFault(`${name} is not a metric, and is not called`);
    } else if (this.#peek("(")) this.#readCall(name);
    else if (!words.has(name.toLowerCase())) {
      this.#selectors.push({ metric: name, labels: this.#peek("{") ? this.#matchers() : [] });
    }
  }

  #readCall(name: string): void {
    if (!functions.has(name)) throw new PromqlFault(`no function ${name}`);
    if (name !== "label_replace" && name !== "label_join") return;
    const rest = this.#tokens.slice(this.#at);
    const made = rest.find(({ kind }) => kind === "string");
    if (made !== undefined) this.#made.push(made.text.slice(1, -1));
  }

  #namesWithin(): string[] {
    this.#expect("(");
    const names: string[] = [];
    while (!this.#peek(")")) {
      const { kind, text } = this.#take();
      if (kind === "name") names.push(text);
      else if (text !== ",") throw new PromqlFault(`${text} is no label`);
    }
    this.#expect(")");
    return names;
  }

  #matchers(): string[] {
    this.#expect("{");
    const labels: string[] = [];
    while (!this.#peek("}")) {
      const label = this.#take();
      const operator = this.#take();
      const value = this.#take();
      const isOne = label.kind === "name" && value.kind === "string";
      if (!isOne || !["=", "!=", "=~", "!~"].includes(operator.text)) {
        throw new PromqlFault(`no matcher: ${label.text} ${operator.text} ${value.text}`);
      }
      labels.push(label.text);
      if (!this.#peek("}")) this.#expect(",");
    }
    this.#expect("}");
    return labels;
  }

  #peek(text: string): boolean {
    return this.#tokens[this.#at]?.text === text;
  }

  #take(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new PromqlFault("it ends too early");
    this.#at += 1;
    return token;
  }

  #expect(text: string): void {
    const found = this.#take().text;
    if (found !== text) throw new PromqlFault(`${found} where there should be ${text}`);
  }
}
