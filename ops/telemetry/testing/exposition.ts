/** What a scrape holds: metrics by name with their labels, and what each sample said. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/g;

/** Every sample of Prometheus's text format; throws at a line that is none. */
export function samplesIn(text: string): readonly ScrapedSample[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [, name = "", inner = "", value = ""] = samplePattern.exec(line) ?? [];
    if (name === "") throw new Error(`no sample: ${line}`);
    const labels = [...inner.matchAll(labelPattern)].map(([, label = "", text = ""]) => {
      return [label, text] as const;
    });
    return { name, labels: Object.fromEntries(labels), value: Number(value) };
  });
}

/** The labels that each metric has, in all of its samples together. */
export function metricsIn(samples: readonly ScrapedSample[]): Map<string, Set<string>> {
  const metrics = new Map<string, Set<string>>();
  for (const { name, labels } of samples) {
    const known = metrics.get(name) ?? new Set<string>();
    for (const label of Object.keys(labels)) known.add(label);
    metrics.set(name, known);
  }
  return metrics;
}
