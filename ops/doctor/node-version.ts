/** The Node that runs this, and the one that the shell would find. */
import { delimiter, join } from "node:path";
import type { Finding } from "./finding.ts";
import { findOnPath } from "../setup/command.mjs";
import { firstLineOf } from "./program.ts";

const majorMin = 24;
const ownFolder = join("node_modules", ".bin");

export async function examineNode(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  // npm puts the project's own Node in front of the PATH of what it runs.
  const path = (env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.endsWith(ownFolder));
  const found = findOnPath("node", { PATH: path.join(delimiter) });
  const system = found === undefined ? undefined : await firstLineOf(found, ["--version"]);
  return [judgeNode(process.versions.node, system)];
}

/** `system` is what `node --version` says in the shell, or undefined where there is none. */
export function judgeNode(running: string, system: string | undefined): Finding {
  const subject = "Node";
  const detail = `running ${running}, ${system === undefined ? "none" : system.replace(/^v/, "")} on the PATH`;
  if (Number(running.split(".")[0]) >= majorMin) return { subject, state: "ok", detail };
  return {
    subject,
    state: "broken",
    detail: `${detail}; the source needs ${majorMin} to run as it is`,
    remedy: "start it with ./outcry, which runs on the Node that npm run setup installs",
  };
}
