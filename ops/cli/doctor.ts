/** `outcry doctor`: what is wrong with this machine, and how to mend it. */
import { Command } from "commander";
import { join } from "node:path";
import { readClusterFile } from "../config/cluster-file.ts";
import { defaultSettings, firstPortsOf } from "../config/cluster-settings.ts";
import { DataDirectory, dataDirectoryPath } from "../config/data-directory.ts";
import { examine, gravest } from "../doctor/doctor.ts";
import type { ExamineOptions, Finding } from "../doctor/doctor.ts";
import { portsOf } from "../nats-servers/ports.ts";
import { serverFiles } from "../nats-servers/server-files.ts";
import { answersAt, controlSocketPath } from "../supervisor/control-socket.ts";
import type { CommonOptions } from "./output.ts";
import { paint, print, withCommonOptions } from "./output.ts";

export function command(): Command {
  const doctor = new Command("doctor").description(
    "Examines this machine: programs, ports, disk, clock. Exits with 1 when something is broken.",
  );
  return withCommonOptions(doctor).action(async (flags: CommonOptions) => {
    const findings = await examine(await whatToExamine(flags));
    const state = gravest(findings);
    print(flags, { ok: state !== "broken", state, findings }, () => renderFindings(findings));
    if (state === "broken") process.exitCode = 1;
  });
}

export function renderFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ subject, state, detail, remedy }) => [
    `${marks[state]()} ${subject}: ${detail}`,
    ...(state === "ok" || remedy === undefined
      ? []
      : [`  ${paint("bold", "to mend it:")} ${remedy}`]),
  ]);
  const bad = findings.filter(({ state }) => state !== "ok").length;
  const sum = bad === 0 ? "all is well" : `${bad} of ${findings.length} need attention`;
  return [...lines, "", sum].join("\n");
}

const marks: Readonly<Record<Finding["state"], () => string>> = {
  ok: () => paint("green", "ok      "),
  degraded: () => paint("yellow", "degraded"),
  broken: () => paint("red", "broken  "),
};

/** A cluster that runs holds its ports; one that does not will want them. */
async function whatToExamine({ data }: CommonOptions): Promise<ExamineOptions> {
  const path = dataDirectoryPath(data);
  const directory = DataDirectory.find(data);
  const settings = directory?.settings() ?? defaultSettings;
  const isRunning =
    directory !== undefined &&
    readClusterFile(directory) !== undefined &&
    (await answersAt(controlSocketPath(directory)));
  const first = firstPortsOf(settings);
  const servers = Array.from({ length: settings.servers }, (_, index) => ({
    name: `n${index + 1}`,
    ports: portsOf(first, index),
  }));
  return {
    dataDirectory: path,
    ports: servers.flatMap(({ name, ports }) =>
      (["client", "cluster", "monitor"] as const).map((kind) => ({
        port: ports[kind],
        what: `${kind} port of ${name}`,
        option: "--port-base",
        expected: isRunning ? ("held" as const) : ("free" as const),
      })),
    ),
    natsConfigurationPaths: servers.map(
      ({ name }) => serverFiles(join(path), name).configurationFile,
    ),
    natsMonitoringPorts: isRunning ? servers.map(({ ports }) => ports.monitor) : [],
  };
}
