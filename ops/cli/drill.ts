/** `outcry drill`: breaks one part of a cluster of its own while orders flow, and reports. */
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { DrillReport } from "../../chaos/drills/drill-report.ts";
import { shardsMax } from "../../protocols/identifiers.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, renderTable, usageFault, withCommonOptions } from "./output.ts";

interface DrillFlags extends CommonOptions {
  readonly runs: number;
  readonly seed: number;
  readonly shards: number;
  readonly rate: number;
  readonly warmUp: number;
  readonly undisturbed?: boolean;
  readonly portBase: number;
  readonly resume?: string;
  readonly report?: string;
  readonly record?: boolean;
}

/** Beside those that every command has; the first that applies. */
const exitCodes = { broken: 1, missed: 3, notPermitted: 4, failed: 5, interrupted: 130 };

const codesInWords = `
Exits with
  0    every promise was kept and the aim of speed was met
  1    a promise was broken: something lost, doubled, reordered, contradicted or not healed
  2    the command was not understood
  3    every promise was kept, and the aim of speed was missed
  4    this machine does not permit the drill (it says what is needed)
  5    the drill itself could not be carried out
  130  interrupted`;

export function command(): Command {
  const drill = new Command("drill")
    .description(
      "Runs a cluster of its own under load, breaks one part of it, heals it, and holds what the clients were told against the log.",
    )
    .argument("<name>", "which drill; `outcry drill list` tells of all of them")
    .option("--runs <n>", "how often", countFrom(1), 1)
    .option("--seed <n>", "what all chance follows from", countFrom(0), 1)
    .option("--shards <n>", "shards of the cluster", countFrom(1, shardsMax), 3)
    .option("--rate <n>", "commands a second, of all clients together", countFrom(1, 10_000), 300)
    .option("--warm-up <s>", "seconds of load before the first run", countFrom(1, 600), 15)
    .option(
      "--undisturbed",
      "keep idle processors busy, for a host takes them away, and begin a run only when it has " +
        "left all of them alone for 5 s (or 30 s have passed)",
    )
    .option("--port-base <n>", "the first port to use", countFrom(1024, 65_000), 24_700)
    .option(
      "--resume <file>",
      "keep every run in this file, and go on behind those it has until there are --runs",
    )
    .option("--report <file>", "write a page to look at, with all figures")
    .option("--record", "write what it comes to into docs/drills.md")
    .addHelpText("after", codesInWords);
  return withCommonOptions(drill).action((name: string, flags: DrillFlags) =>
    name === "list" ? list(flags) : run(name, flags),
  );
}

async function list(flags: DrillFlags): Promise<void> {
  const [{ drills }, { aimInWords }] = await Promise.all([
    import("../../chaos/drills/catalogue.ts"),
    import("../../chaos/drills/aim-verdict.ts"),
  ]);
  const known = drills.map(({ name, story, aim, hasDisks }) => {
    return { name, story, aim: aimInWords(aim), needsRoot: hasDisks === true };
  });
  print(flags, { ok: true, drills: known }, () =>
    renderTable(
      ["DRILL", "WHAT HAPPENS", "AIM"],
      known.map(({ name, story, aim, needsRoot }) => [
        name,
        needsRoot ? `${story} (needs root)` : story,
        aim,
      ]),
    ),
  );
}

async function run(name: string, flags: DrillFlags): Promise<void> {
  const [{ drillNamed, drills }, { runDrill }, { drillsPart, drillTable }, ...renderers] =
    await Promise.all([
      import("../../chaos/drills/catalogue.ts"),
      import("../../chaos/drills/drill-session.ts"),
      import("../../chaos/drills/drill-table.ts"),
      import("../../chaos/drills/report-text.ts"),
      import("../../chaos/report/report-page.ts"),
    ]);
  const [{ renderDrillReport }, { renderReportPage }] = renderers;
  const drill = drillNamed(name);
  if (drill === undefined) throw usageFault(`there is no drill ${name}: see outcry drill list`);
  const signal = interruption();
  const names = drills.map((each) => each.name);
  // After every run: a long drill may be ended early.
  const onRun = (soFar: DrillReport): void =>
    drillsPart.write(drillTable(drillsPart.read(), names, soFar));
  const report = await carriedOut(signal, () =>
    runDrill({
      ...flags,
      ...(flags.record === true && { onRun }),
      ...(flags.resume !== undefined && { keepIn: flags.resume }),
      warmUpMs: flags.warmUp * 1000,
      isUndisturbed: flags.undisturbed === true,
      drill,
      signal,
      say: (line) => process.stderr.write(`${line}\n`),
    }),
  );
  if (flags.report !== undefined) writeFileSync(flags.report, renderReportPage(report));
  const isKept = report.violations === 0;
  const ok = isKept && report.aim.isMet;
  print(flags, { ok, ...report }, () => renderDrillReport(report));
  if (!ok) process.exitCode = isKept ? exitCodes.missed : exitCodes.broken;
}

/** The first signal lets the drill stop what it started; a second one ends the process as ever. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      process.stderr.write(`${signal}: stopping what was started\n`);
      controller.abort();
    });
  }
  return controller.signal;
}

/** What kept a drill from being carried out is no verdict on the cluster. */
async function carriedOut<Result>(
  signal: AbortSignal,
  drill: () => Promise<Result>,
): Promise<Result> {
  try {
    return await drill();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (signal.aborted) throw fault("interrupted", "interrupted");
    if (error instanceof Error && "code" in error && error.code === "not-permitted") {
      throw fault("notPermitted", why);
    }
    throw fault("failed", `the drill could not be carried out: ${why}`);
  }
}

const faultNames = { interrupted: "interrupted", notPermitted: "not-permitted", failed: "failed" };

function fault(kind: keyof typeof faultNames, message: string): CommandFault {
  return new CommandFault(faultNames[kind], message, { exitCode: exitCodes[kind] });
}

function countFrom(min: number, max = 999_999_999): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
  };
}
