/** Goal: the documentation of the state machines is what the machines are, and of all of them. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { setup } from "xstate";
import type { AnyStateNode } from "xstate";
import {
  describedMachines,
  diagramOf,
  generateMachineDocs,
  machineDocsFile,
} from "./generate-machine-docs.ts";

describe("the documentation of the state machines", () => {
  it("is not stale: run ops/scripts/generate-machine-docs.ts", async () => {
    expect(await readFile(machineDocsFile, "utf8")).toBe(await generateMachineDocs());
  });

  it("has every machine of the repository, and every event of each", () => {
    const cwd = fileURLToPath(new URL("../../", import.meta.url));
    const folders = "{protocols,actors,cluster,gateway,clients,ops,chaos}";
    const files = globSync(`${folders}/**/*.machine.ts`, { cwd });
    expect(describedMachines.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { machine, events } of describedMachines) {
      expect([...events].sort()).toEqual([...(machine.events as readonly string[])].sort());
    }
  });
});

describe("a diagram", () => {
  it.each(describedMachines)(
    "of $title has each name once: Mermaid knows one of each",
    (described) => {
      const diagram = diagramOf(described.machine);
      const names = (node: AnyStateNode): string[] => {
        const children = Object.values(node.states) as AnyStateNode[];
        return children.flatMap((child) => [child.key, ...names(child)]);
      };
      const all = names(described.machine.root);
      expect(new Set(all).size).toBe(all.length);
      for (const name of all) expect(diagram).toContain(name);
    },
  );

  const lamp = setup({}).createMachine({
    id: "lamp",
    initial: "off",
    states: {
      off: { on: { press: { target: "on" }, burst: { target: "broken" } } },
      on: {
        type: "parallel",
        on: { press: { target: "off" } },
        states: {
          color: {
            initial: "white",
            states: {
              white: { on: { turn: { target: "red" }, spin: { target: "red" } } },
              red: { on: { turn: { target: "white" }, burst: { target: "#lamp.broken" } } },
            },
          },
          light: {
            initial: "bright",
            states: { bright: { on: { turn: { target: "bright" } } } },
          },
        },
      },
      broken: { type: "final" },
    },
  });

  it("shows states within states, what goes on side by side, and arrows where they belong", () => {
    expect(diagramOf(lamp).split("\n")).toEqual([
      "stateDiagram-v2",
      "  [*] --> off",
      "  state on {",
      "    state color {",
      "      [*] --> white",
      "      white --> red: turn, spin",
      "      red --> white: turn",
      "    }",
      "    --",
      "    state light {",
      "      [*] --> bright",
      "      bright --> bright: turn",
      "    }",
      "  }",
      "  off --> on: press",
      "  off --> broken: burst",
      "  on --> off: press",
      "  red --> broken: burst",
      "  broken --> [*]",
    ]);
  });
});
