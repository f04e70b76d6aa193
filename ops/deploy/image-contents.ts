/**
 * What an image holds, as a folder: Node, nats-server, the libraries of this machine that they are
 * linked with, our sources, the packages that they need at run time, and each role's bundle.
 *
 * For the machine's own kind of processor, and for Linux.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../config/data-directory.ts";
import { processRoles } from "../config/setting-fields.ts";
import { makeBundle } from "../supervisor/bundles.ts";
import { librariesOf, putExecutable } from "./linked-libraries.ts";
import { bundlesFolder, sourceOf } from "./programs.ts";

/** Where our own things lie in an image. */
const appFolder = "/app";

const sourceFolders = ["actors", "clients", "cluster", "gateway", "ops", "protocols"];
/** Tests, and what no process of a deployment runs. */
const leftOut =
  /(\.(test|fuzz|bench|conformance)\.ts|\/testing|\/golden|\/scenarios|^ops\/(bench|mutation|scripts|lobster))$/;
/** Nothing else is read by processes, or by commands that are for a cluster in containers. */
const source = /\.(ts|mjs|json|sql|mod|sum)$/;
/** Where one of them lies, it is a cluster's folder. */
const dataFiles = ["cluster.json", "outcry-data.json"];
/** Node comes by itself, and bundles are made here. */
const packagesLeftOut = /^node_modules\/(node-(bin-)?(linux|darwin)|@?rolldown|@oxc-project)/;

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly devOptional?: true }>>;
}

/** Fills the folder, which must be empty. `natsServer` is the program's path. */
export async function gatherImage(folder: string, natsServer: string): Promise<void> {
  if (process.platform !== "linux") throw new Error("images are made on Linux");
  const app = join(folder, appFolder);
  putProgram(folder, process.execPath, "node");
  putProgram(folder, natsServer, "nats-server");
  copySources(projectRoot, app);
  for (const file of ["package.json", "LICENSE"]) cpSync(join(projectRoot, file), join(app, file));
  for (const path of packagesAtRunTime()) {
    // What lies in a package of its own is listed by itself.
    const isOwn = (source: string): boolean =>
      !source.slice(projectRoot.length + path.length).includes("/node_modules");
    cpSync(join(projectRoot, path), join(app, path), { recursive: true, filter: isOwn });
  }
  mkdirSync(join(app, bundlesFolder));
  for (const role of processRoles) {
    await makeBundle(join(projectRoot, sourceOf(role)), join(app, bundlesFolder, `${role}.mjs`), {
      hasInvariants: true,
      moved: { from: projectRoot, to: appFolder },
    });
  }
  putFile(folder, "etc/passwd", "outcry:x:10001:10001::/data:/\n");
  putFile(folder, "etc/group", "outcry:x:10001:\n");
  // Whoever runs it chooses the user, and a new volume begins as this folder is.
  for (const shared of ["archive", "data", "tmp"]) {
    mkdirSync(join(folder, shared));
    chmodSync(join(folder, shared), 0o1777);
  }
}

/**
 * What processes run, and nothing that somebody keeps beside it, such as a cluster's keys.
 *
 * @param root with a slash at its end
 */
export function copySources(root: string, to: string): void {
  const isWanted = (path: string): boolean => {
    if (leftOut.test(path.slice(root.length))) return false;
    if (!statSync(path).isDirectory()) return source.test(path);
    return !dataFiles.some((name) => existsSync(join(path, name)));
  };
  for (const name of sourceFolders) {
    cpSync(join(root, name), join(to, name), { recursive: true, filter: isWanted });
  }
}

function packagesAtRunTime(): readonly string[] {
  const text = readFileSync(join(projectRoot, "package-lock.json"), "utf8");
  return Object.entries((JSON.parse(text) as LockFile).packages)
    .filter(([path, { dev, devOptional }]) => {
      const isWanted = path.startsWith("node_modules/") && dev !== true && devOptional !== true;
      return isWanted && !packagesLeftOut.test(path) && existsSync(join(projectRoot, path));
    })
    .map(([path]) => path);
}

/** A program, and the libraries that it is linked with, where it looks for them. */
function putProgram(folder: string, program: string, name: string): void {
  putExecutable(folder, program, join("usr/bin", name));
  for (const library of librariesOf(program)) putExecutable(folder, library);
}

function putFile(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
