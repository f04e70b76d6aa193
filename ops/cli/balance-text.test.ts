import { expect, it } from "vitest";
import { naturalBalance, renderBalances } from "./balance-text.ts";

const assets = [{ asset: "USDT", decimals: 6 }];
const plain = { asset: "USDT", available: "2500000", reserved: "0" };

it("balances tell what is apart only where there is any", () => {
  expect(renderBalances([naturalBalance(plain, assets)])).not.toMatch(/POSTED|WITHDRAWING/);
  const text = renderBalances([naturalBalance({ ...plain, posted: "1250000000" }, assets)]);
  expect(text).toMatch(/ASSET\s+AVAILABLE\s+RESERVED\s+POSTED\n.*2\.5\s+0\s+1,250$/);
});
