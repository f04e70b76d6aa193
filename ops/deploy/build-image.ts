/**
 * Builds the image that all containers of a cluster run: `npm run image -- [--tag NAME]`.
 * It needs a Docker engine, and no registry.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { version } from "../config/release.ts";
import { obtainNatsServer } from "../setup/nats-server.mjs";
import { gatherImage } from "./image-contents.ts";

/** Resolves when the engine has an image of that name. */
export async function buildImage(tag: string, tell: (line: string) => void): Promise<void> {
  const context = mkdtempSync(join(tmpdir(), "outcry-image-"));
  try {
    const root = join(context, "root");
    mkdirSync(root);
    const { path } = await obtainNatsServer(tell);
    await gatherImage(root, path);
    cpSync(fileURLToPath(new URL("./Dockerfile", import.meta.url)), join(context, "Dockerfile"));
    execFileSync("docker", ["build", "--quiet", "--tag", tag, context], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { tag: { type: "string", default: `outcry:${version}` } },
  });
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  await buildImage(values.tag, tell);
  tell(`built ${values.tag}`);
}
