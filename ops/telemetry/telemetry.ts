/**
 * What a process tells of itself: `/metrics` for Prometheus, `/healthz` for probes, and what else it
 * has pages for.
 *
 * Whoever counts something is read when somebody asks; in between, telemetry does nothing. A
 * process without a port for it measures nothing either.
 */
import type { Metric, Registry } from "prom-client";
import { invariantList } from "../../protocols/invariants.ts";
import type { TelemetrySettings } from "../config/process-settings.ts";
import { version } from "../config/release.ts";
import { catalogue } from "./catalogue.ts";
import type { MetricName } from "./catalogue.ts";
import { Health, healthStates } from "./health.ts";
import { Scrape } from "./scrape.ts";
import type { Sample, Source } from "./scrape.ts";
import { jsonPage, TelemetryListener } from "./telemetry-listener.ts";
import type { Page } from "./telemetry-listener.ts";

export interface ProcessIdentity extends TelemetrySettings {
  readonly name: string;
  readonly kind: string;
}

export interface TelemetryEvents {
  readonly onListening: (url: string) => void;
  readonly onUnavailable: (why: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** How often the event loop is looked at to see how late it is. */
const eventLoopLookMs = 20;

export class Telemetry {
  readonly health = new Health();
  readonly #identity: ProcessIdentity;
  readonly #sources: Source[] = [];
  readonly #pages = new Map<string, () => Page | Promise<Page>>();
  readonly #registered = new Set<string>();
  readonly #listener: TelemetryListener | undefined;
  #registry: Promise<Registry> | undefined;
  #samples: ReadonlyMap<string, readonly Sample[]> = new Map();

  constructor(identity: ProcessIdentity, events: TelemetryEvents) {
    this.#identity = identity;
    this.#pages.set("/metrics", () => this.#metrics());
    this.#pages.set("/healthz", () => this.#healthPage(({ ready }) => ready));
    for (const state of healthStates) {
      this.#pages.set(`/healthz/${state}`, () => this.#healthPage((report) => report[state]));
    }
    this.measure((scrape) => this.#measureProcess(scrape));
    const { metricsPort: port, metricsHost: host = "127.0.0.1" } = identity;
    if (port === undefined) return;
    this.#listener = new TelemetryListener({ port, host, pages: this.#pages, ...events });
  }

  /** Whether anybody can ask: otherwise nothing needs to be counted. */
  get isOn(): boolean {
    return this.#listener !== undefined;
  }

  /** Is read at each scrape. */
  measure(source: Source): void {
    this.#sources.push(source);
  }

  page(path: `/${string}`, page: () => Page | Promise<Page>): void {
    this.#pages.set(path, page);
  }

  /** The process does its work from now on; what Node tells of itself is counted from here. */
  started(): void {
    this.health.started();
    if (this.isOn) void this.#loaded();
  }

  close(): void {
    this.#listener?.close();
  }

  async #metrics(): Promise<Page> {
    const registry = await this.#loaded();
    const scrape = new Scrape();
    await Promise.all(this.#sources.map(async (source) => source(scrape)));
    const { samples } = scrape;
    for (const name of samples.keys()) this.#register(registry, name as MetricName);
    // It is read from here before anybody else gets a turn.
    this.#samples = samples;
    const text = await registry.metrics();
    return { status: 200, contentType: registry.contentType, text };
  }

  /** It takes a while to load, and nobody waits for that before it is first asked for. */
  #loaded(): Promise<Registry> {
    this.#registry ??= import("prom-client").then(({ Registry, collectDefaultMetrics }) => {
      const registry = new Registry();
      const { name, kind } = this.#identity;
      registry.setDefaultLabels({ process: name, kind });
      collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopLookMs });
      return registry;
    });
    return this.#registry;
  }

  #register(registry: Registry, name: MetricName): void {
    if (this.#registered.has(name)) return;
    this.#registered.add(name);
    const { type, help } = catalogue[name];
    const get = () => ({ name, help, type, values: this.#samples.get(name) ?? [] });
    // All that a registry asks of a metric: what prom-client's own classes count is not ours.
    registry.registerMetric({ name, get } as unknown as Metric);
  }

  #measureProcess(scrape: Scrape): void {
    const { started, ready, live } = this.health.report();
    scrape.value("outcry_process_info", { version }, 1);
    scrape.value("outcry_process_started", {}, Number(started));
    scrape.value("outcry_process_ready", {}, Number(ready));
    scrape.value("outcry_process_live", {}, Number(live));
    for (const { name: invariant, checks, violations } of invariantList) {
      scrape.value("outcry_invariant_checks_total", { invariant }, checks);
      scrape.value("outcry_invariant_violations_total", { invariant }, violations);
    }
  }

  #healthPage(isWell: (report: ReturnType<Health["report"]>) => boolean): Page {
    const { name, kind } = this.#identity;
    const report = this.health.report();
    const { pid } = process;
    return jsonPage({ process: name, kind, version, pid, ...report }, isWell(report) ? 200 : 503);
  }
}
