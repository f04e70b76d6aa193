/** `outcry doctor`: what is wrong with this machine, and how to mend it. */
import { Command } from "commander";
import { join } from "node:path";
import { readClusterFile } from "../config/cluster-file.ts";
import { defaultSettings, firstPortsOf } from "../config/cluster-settings.ts";
import { DataDirectory, dataDirectoryPath, dataOption } from "../config/data-directory.ts";
import { examine, gravest } from "../doctor/doctor.ts";
import type { ExamineOptions, Finding } from "../doctor/doctor.ts";
import { judgeProcesses } from "../doctor/processes.ts";
import { portsOf } from "../nats-servers/ports.ts";
import { serverFiles } from "../nats-servers/server-files.ts";
import { answersAt } from "../config/local-socket.ts";
import { askSupervisor, controlSocketPath } from "../supervisor/control-socket.ts";
import type { CommonOptions } from "./output.ts";
import { paint, print, withCommonOptions } from "./output.ts";

export function command(): Command {
  const doctor = new Command("doctor").description(
    "Examines this machine: programs, ports, disk, clock, processes. Exits with 1 when something is broken.",
  );
  return withCommonOptions(doctor).action(async (flags: CommonOptions) => {
    const findings = [
      ...(await examine(await whatToExamine(flags))),
      ...(await examineProcesses(flags)),
    ];
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

/** Nothing to say where no cluster runs. */
async function examineProcesses({ data }: CommonOptions): Promise<Finding[]> {
  const directory = DataDirectory.find(data);
  if (directory === undefined || !(await isRunning(directory))) return [];
  const socket = controlSocketPath(directory);
  const { processes } = await askSupervisor(socket, { command: "processes" });
  return judgeProcesses(
    processes,
    (name) => `./outcry restart ${name}${dataOption(directory.path)}`,
  );
}

async function isRunning(directory: DataDirectory): Promise<boolean> {
  return (
    readClusterFile(directory) !== undefined && (await answersAt(controlSocketPath(directory)))
  );
}

/** A cluster that runs holds its ports; one that does not will want them. */
async function whatToExamine({ data }: CommonOptions): Promise<ExamineOptions> {
  const path = dataDirectoryPath(data);
  const directory = DataDirectory.find(data);
  const settings = directory?.settings() ?? defaultSettings;
  const runs = directory !== undefined && (await isRunning(directory));
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
        option: "./outcry start --port-base",
        expected: runs ? ("held" as const) : ("free" as const),
      })),
    ),
    natsConfigurationPaths: servers.map(
      ({ name }) => serverFiles(join(path), name).configurationFile,
    ),
    natsMonitoringPorts: runs ? servers.map(({ ports }) => ports.monitor) : [],
  };
}
