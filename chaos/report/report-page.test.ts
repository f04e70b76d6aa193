/**
 * Goal: the page says what the report says, needs nothing but itself, and can be read by whoever
 * does not see it.
 */
import { describe, expect, it } from "vitest";
import { sampleReport, sampleRun } from "../drills/testing/sample-report.ts";
import { renderReportPage } from "./report-page.ts";

const page = renderReportPage(sampleReport());

/** What is read out, tags and style left out. */
function textOf(html: string): string {
  return html
    .replace(/<style>[^]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

describe("a report page", () => {
  it("needs nothing but itself, and runs nothing", () => {
    expect(page).not.toMatch(/<(script|link|img|iframe)|url\(|@import|https?:|src=| on[a-z]+=/);
  });

  it("is in light and in dark", () => {
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).toContain(`name="color-scheme" content="light dark"`);
  });

  it("names its language, its title and every picture", () => {
    expect(page).toContain(`<html lang="en">`);
    expect(page).toMatch(/<title>Drill emitter-kill: every promise kept, aim missed<\/title>/);
    const pictures = page.match(/<svg/g)?.length ?? 0;
    expect(pictures).toBe(3);
    expect(page.match(/<svg [^>]*role="img" aria-label="[^"]{20,}"/g)).toHaveLength(pictures);
  });

  it("heads every column and every row of its tables", () => {
    for (const table of page.match(/<table[^]*?<\/table>/g) ?? []) {
      const [head = "", body = ""] = table.split("<tbody>");
      expect(head).toContain(`scope="col"`);
      for (const row of body.match(/<tr>[^]*?<\/tr>/g) ?? []) expect(row).toContain(`scope="row"`);
    }
  });

  it("tells the verdict in words and not by color alone", () => {
    const text = textOf(page);
    expect(text).toContain("Every promise kept");
    expect(text).toContain("Aim missed");
    expect(text).toContain("missed: gap p50 182 ms (aim 100 ms)");
    expect(text).toContain("met: gap p99 240 ms (aim 300 ms)");
  });

  it("has a row for each run, and the conditions to run it again", () => {
    const text = textOf(page);
    expect(text).toContain("./outcry drill emitter-kill --runs 2 --seed 7 --shards 2 --rate 300");
    expect(text).toContain("Outcry 0.1.0, Node 24.0.0, nats-server 2.15.1");
    const what = "1 killed e1, which emits shard 0 whole last: e1 does not answer";
    expect(text).toContain(`${what} 182 ms 31 ms 33 ms 1.7 s 1,234 0 1 640 0`);
  });

  it("has the hashes before the first run and after the last", () => {
    const text = textOf(page);
    expect(text).toMatch(/0 before 10 e{16} 0{16} 5a 0 after 1,210 e{16} 0{16} 5a/);
  });

  it("tells what happened when in the run that it shows, and draws the aims", () => {
    const text = textOf(page);
    expect(text).toMatch(/4\.00 s: killed e1.* 5\.00 s: looked on .*6\.00 s: healed/);
    expect(page.match(/<line class="aim"/g)).toHaveLength(2);
  });

  it("takes no text for markup", () => {
    expect(page).toContain("killed e2 &#38; its &#60;kin&#62;");
    expect(page).not.toContain("<kin>");
  });

  it("shows first what went longest without an answer", () => {
    expect(textOf(page)).toContain("The longest gap: run 2");
  });

  it("says which promise was broken, how often, and in which words", () => {
    const broken = sampleRun({
      violations: [{ promise: "nothing-lost", text: "place of a-1 is not in the log" }],
    });
    const text = textOf(renderReportPage(sampleReport({ runs: [broken], violations: 1 })));
    expect(text).toContain("A promise broken");
    expect(text).toMatch(/What was acknowledged is in the log ✗ broken 1 ×/);
    expect(text).toMatch(/No command took effect twice ✓ kept/);
    expect(text).toContain("Run 1: place of a-1 is not in the log");
  });

  it("draws a gap that had no end as far as the run goes", () => {
    const [shard] = sampleRun().shards;
    const endless = sampleRun({ gapMs: Infinity, shards: [{ ...shard!, gapMs: Infinity }] });
    const html = renderReportPage(sampleReport({ runs: [endless] }));
    expect(html).not.toContain("NaN");
    expect(textOf(html)).toContain("no end");
  });
});
