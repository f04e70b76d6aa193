/** The libraries that a program is linked with, for the folder of an image. */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Their paths, as the dynamic linker finds them; none for a program that is whole by itself. */
export function librariesOf(program: string): readonly string[] {
  const isWhole = !readFileSync(program).includes("ld-linux");
  if (isWhole) return [];
  const text = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...text.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path = ""]) => path);
}

/** Puts a library, or a program, where it is on this machine, or at another place. */
export function putExecutable(folder: string, from: string, to: string = from): void {
  const place = join(folder, to);
  mkdirSync(dirname(place), { recursive: true });
  cpSync(realpathSync(from), place);
  chmodSync(place, 0o755);
}
