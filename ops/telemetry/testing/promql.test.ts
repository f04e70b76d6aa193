import { expect, it } from "vitest";
import { samplesIn } from "./exposition.ts";
import { unknownIn, usesOf } from "./promql.ts";

const known = new Map([
  ["requests_total", new Set(["reason", "process"])],
  ["ack_seconds_bucket", new Set(["le", "process"])],
  ["head", new Set(["shard"])],
  ["applied", new Set(["shard", "process"])],
]);

it.each([
  ["requests_total", [{ metric: "requests_total", labels: [] }], []],
  [
    'sum by (reason) (rate(requests_total{process=~"gw-.*", reason!="busy"}[5m])) > 0.5',
    [{ metric: "requests_total", labels: ["process", "reason"] }],
    ["reason"],
  ],
  [
    "histogram_quantile(0.99, sum(rate(ack_seconds_bucket[$__rate_interval])) by (le))",
    [{ metric: "ack_seconds_bucket", labels: [] }],
    ["le"],
  ],
  [
    "max by (shard) (head) - on (shard) group_right () applied # how far behind",
    [
      { metric: "head", labels: [] },
      { metric: "applied", labels: [] },
    ],
    ["shard", "shard"],
  ],
  [
    `1e3 * delta(applied{shard='0'}[1h30m:10s] offset 5m) >= bool 2 or absent(head{shard="a}b"})`,
    [
      { metric: "applied", labels: ["shard"] },
      { metric: "head", labels: ["shard"] },
    ],
    [],
  ],
  [
    'label_replace(sum without (job) (head), "node", "$1", "shard", "(.*)") == inf',
    [{ metric: "head", labels: [] }],
    [],
  ],
])("what is asked for is found: %s", (expression, selectors, grouping) => {
  expect(usesOf(expression)).toMatchObject({ selectors, grouping });
  expect(unknownIn(expression, known)).toEqual([]);
});

it.each([
  ["requests", ["no metric requests"]],
  ["rate(requests_totals[5m]) / rate(requests_total[5m])", ["no metric requests_totals"]],
  ['requests_total{outcome="done"}', ["no label outcome of requests_total"]],
  ["sum by (shards) (head)", ["no label shards to group by"]],
  ["head - on (process) group_left (zone) applied", ["no label zone to group by"]],
  ['sum by (nodes) (label_replace(head, "node", "$1", "shard", "(.*)"))', ["no label nodes"]],
  ["sum(ack_seconds)", ["no metric ack_seconds"]],
  ["absent(applied) or heads", ["no metric heads"]],
])("what nobody exports is named: %s", (expression, faults) => {
  expect(unknownIn(expression, known)).toEqual(
    faults.map((fault) => expect.stringContaining(fault) as string),
  );
});

it.each([
  ["sum(head", ") is left open"],
  ["head)", ") closes nothing"],
  ["rates(head[5m])", "no function rates"],
  ['{job="outcry"}', "a selector without"],
  ["head{shard=0}", "no matcher: shard = 0"],
  ['head{shard "0"}', "no matcher"],
  ["sum + head", "sum is not a metric"],
  ["1 + 2", "it asks for no metric"],
  ["head; drop", "no PromQL: ; drop"],
  ["head{", "it ends too early"],
])("what is no PromQL is refused: %s", (expression, fault) => {
  expect(() => usesOf(expression)).toThrow(fault);
});

it("labels make groups only where one of the selectors has them, or the scrape adds them", () => {
  expect(unknownIn("sum by (instance, job) (head)", known)).toEqual([]);
  expect(unknownIn('head{instance="a"}', known)).toEqual([]);
  expect(unknownIn("sum by (process) (head)", known)).toEqual(["no label process to group by"]);
});

it("a scrape is read as it was written, down to quotes in a label", () => {
  const text = '# HELP a_total b\na_total{x="1\\"}, y=\\"",le="+Inf"} 3\nb 1e-7\n\n';
  expect(samplesIn(text)).toEqual([
    { name: "a_total", labels: { x: '1\\"}, y=\\"', le: "+Inf" }, value: 3 },
    { name: "b", labels: {}, value: 1e-7 },
  ]);
  expect(() => samplesIn("a_total{x=} 1 2 3")).toThrow("no sample");
});
