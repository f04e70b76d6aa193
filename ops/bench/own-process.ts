/**
 * A measurement in a process of its own, so that code is compiled for it alone and no garbage is
 * another one's: the benchmark's program again, as a bundle, as a cluster runs its programs.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Bundles } from "../supervisor/bundles.ts";
import { nodeFlags } from "../supervisor/node-command.ts";

const bundles = new Bundles();
const bundlesWithoutInvariants = new Bundles(undefined, { hasInvariants: false });

/**
 * What a program prints as JSON when it is told, after `--measure`, what to measure. It can collect
 * its garbage when it wants to.
 */
export async function inProcessOfItsOwn(
  program: string,
  assignment: object,
  { hasInvariants = true }: { readonly hasInvariants?: boolean } = {},
): Promise<unknown> {
  const bundle = await (hasInvariants ? bundles : bundlesWithoutInvariants).of(program);
  const args = [...nodeFlags, "--expose-gc", bundle, "--measure", JSON.stringify(assignment)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as unknown;
}
