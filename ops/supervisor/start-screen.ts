/**
 * What a person sees once the exchange runs: one screen with what to try and how to stop.
 */
import { relative } from "node:path";
import type { DataDirectory } from "../config/data-directory.ts";
import { defaultDataDirectory, projectRoot } from "../config/data-directory.ts";
import type { ClusterSettings } from "../config/data-directory.ts";
import { demoAccount } from "../config/venue.ts";

export interface StartScreen {
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  readonly urls: readonly string[];
  readonly demoCredentials: string;
  readonly hasAgents: boolean;
  /** Where processes tell of themselves, by name; null where the port cannot be had. */
  readonly metrics: Readonly<Record<string, string | null>>;
  readonly elapsed: string;
  /** What is to be known of this machine's nats-server. */
  readonly warning: string | undefined;
  /** From where the person types. */
  readonly workingDirectory: string;
  /** Whether it goes on in the background. */
  readonly isDetached: boolean;
}

export function renderStartScreen(screen: StartScreen): string {
  const { settings, directory } = screen;
  const outcry = commandFrom(screen.workingDirectory);
  const data =
    directory.path === defaultDataDirectory ? "" : ` --data ${shown(screen, directory.path)}`;
  const counts = [
    counted(settings.nodes, "engine node"),
    counted(settings.shards, "shard"),
    counted(settings.servers, "nats-server"),
    counted(settings.gateways, "gateway"),
  ].join(", ");
  const stop = screen.isDetached
    ? `${outcry} stop${data}`
    : `Ctrl-C here, or ${outcry} stop${data}`;
  return [
    "",
    `Outcry runs: ${counts}${screen.hasAgents ? ", and agents that trade" : ""}. Ready after ${screen.elapsed}.`,
    ...(screen.warning === undefined ? [] : ["", screen.warning]),
    "",
    `  NATS         ${screen.urls.join(",")}`,
    ...metricsLines(screen),
    `  data, logs   ${shown(screen, directory.path)}`,
    `  account      ${demoAccount}, funded with coins, shares and dollars that are worth nothing`,
    `  credentials  ${shown(screen, screen.demoCredentials)}`,
    "",
    "  Place an order, look at the book, kill a node (from another terminal):",
    "",
    `    ${outcry} order place BTC-USDT buy 0.01 64000${data}`,
    `    ${outcry} book BTC-USDT${data}`,
    `    ${outcry} kill e1${data}`,
    "",
    `  More: ${outcry} --help, ${outcry} status${data}, ${outcry} doctor${data}`,
    `  Stop: ${stop}`,
    "",
  ].join("\n");
}

/** One of them, as they are alike; and who has none. */
function metricsLines({ metrics }: StartScreen): string[] {
  const [first] = Object.values(metrics).filter((url) => url !== null);
  const silent = Object.keys(metrics).filter((name) => metrics[name] === null);
  const none = `  no metrics   of ${silent.join(", ")}: their ports are taken, see --metrics-port`;
  return [
    ...(first === undefined ? [] : [`  metrics      ${first}, and more in the status`]),
    ...(silent.length === 0 ? [] : [none]),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** How the command line is called from there. */
function commandFrom(workingDirectory: string): string {
  const path = relative(workingDirectory, projectRoot);
  return path === "" ? "./outcry" : `${path}/outcry`;
}

/** From where the person is, when it lies below. */
function shown({ workingDirectory }: StartScreen, path: string): string {
  const there = relative(workingDirectory, path);
  return there === "" || there.startsWith("..") ? path : there;
}
