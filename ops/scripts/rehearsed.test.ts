/** Goal: a command of a runbook that nobody has run is told. */
import { describe, expect, it } from "vitest";
import { commandsIn, shapeOf, unrehearsed } from "./rehearsed.ts";

const page = [
  "| step | `./outcry upgrade plan`, then `./outcry actor move book/X --to 2 --reason busy` |",
  "```sh",
  "./outcry repair ./old --data ./new --dry-run     # what is left",
  "./outcry upgrade plan",
  "./outcry keys secrets --data ./new | kubectl apply --namespace outcry -f -",
  "```",
].join("\n");

function ran(command: string, exitCode = 0) {
  return { at: "", user: "me", args: command.split(" "), exitCode };
}

describe("the commands of a page", () => {
  it("are found in blocks and in the text, each once, without remarks", () => {
    expect(commandsIn(page)).toEqual([
      "upgrade plan",
      "actor move book/X --to 2 --reason busy",
      "repair ./old --data ./new --dry-run",
      "keys secrets --data ./new",
    ]);
  });

  it("are known by their words and options", () => {
    expect(shapeOf(["actor", "move", "book/X", "--to", "2"])).toEqual({
      words: "actor move",
      options: ["--to"],
    });
    expect(shapeOf(["stop"])).toEqual({ words: "stop", options: [] });
  });
});

describe("a command that nobody has run", () => {
  const all = [
    ran("upgrade plan --json --data /tmp/a"),
    ran("actor move book/Y --reason load --to 1 --data /tmp/a"),
    ran("repair /tmp/b --data /tmp/c --dry-run"),
    ran("keys secrets --data /tmp/c"),
  ];

  it("is told, and one that was run is not", () => {
    expect(unrehearsed(page, all)).toEqual([]);
    expect(unrehearsed(page, all.slice(1))).toEqual(["upgrade plan"]);
  });

  it("may have named something that looks like a word of the command", () => {
    const named = "`./outcry keys administrator NAME` and `./outcry keys`";
    expect(unrehearsed(named, [ran("keys administrator ben")])).toEqual(["keys"]);
    expect(unrehearsed(named, [ran("keys init"), ran("keys")])).toEqual([
      "keys administrator NAME",
    ]);
  });

  it("is also one that failed, or that was run without an option", () => {
    const others = [ran("upgrade plan", 1), ran("actor move book/Y --to 1"), ran("repair x")];
    expect(unrehearsed(page, others)).toEqual(commandsIn(page));
  });
});
