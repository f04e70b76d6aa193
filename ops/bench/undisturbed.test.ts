import { expect, it } from "vitest";
import { undisturbed } from "./undisturbed.ts";

it("undisturbed work is the sum of its pieces, each at its fastest", () => {
  expect(undisturbed([5, 1, 9, 4, 2, 7], 3)).toBe(4 + 1 + 7);
  expect(undisturbed([5, 1, 9], 3)).toBe(15);
});
