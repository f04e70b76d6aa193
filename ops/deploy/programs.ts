/** The program of a role: as an image holds it in one file, or else made of the sources here. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../config/data-directory.ts";
import type { ProcessRole } from "../config/setting-fields.ts";

/** Where an image has bundles, below its root. */
export const bundlesFolder = "bundles";

export async function programOf(role: ProcessRole, root: string = projectRoot): Promise<string> {
  const inImage = join(root, bundlesFolder, `${role}.mjs`);
  if (existsSync(inImage)) return inImage;
  const { Bundles } = await import("../supervisor/bundles.ts");
  return await new Bundles(root).of(join(root, sourceOf(role)));
}

export function sourceOf(role: ProcessRole): string {
  return join("ops", "processes", `${role}.ts`);
}
