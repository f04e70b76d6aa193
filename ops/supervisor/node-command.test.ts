/** Method: what `outcry` runs itself with, against what all other processes are run with. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { nodeCommand } from "./node-command.ts";

it("runs every process with the flags of the command line itself", () => {
  const script = readFileSync(fileURLToPath(new URL("../../outcry", import.meta.url)), "utf8");
  const [, flags] = /exec "\$node" (.*)\\\n {2}"\$root\/ops\/cli\/main\.ts" "\$@"\n/.exec(script)!;
  const [, [...args]] = nodeCommand("program.ts", "argument");
  expect(args).toEqual([...flags!.trim().split(" "), "program.ts", "argument"]);
});
