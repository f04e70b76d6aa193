/** How a report page looks: one style sheet, light and dark. */

export const reportStyle = `
:root {
  --paper: #fbfaf7;
  --card: #ffffff;
  --ink: #1d2430;
  --soft: #566072;
  --line: #dedbd2;
  --acks: #3b6ea8;
  --fault: #f6d9cf;
  --calm: #e4eee2;
  --gap: #8a8f99;
  --aimed: #b3261e;
  --good: #1d6b3a;
  --good-back: #dff0e2;
  --fair: #7a4d00;
  --fair-back: #fbecc8;
  --bad: #a3151b;
  --bad-back: #fbdedc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c;
    --card: #1c2027;
    --ink: #e8e6e1;
    --soft: #a7afbb;
    --line: #343a44;
    --acks: #7fb0e6;
    --fault: #47241d;
    --calm: #1f2f24;
    --gap: #8d95a1;
    --aimed: #ff9187;
    --good: #8fd6a4;
    --good-back: #1a3323;
    --fair: #f0c877;
    --fair-back: #3a2d10;
    --bad: #ff9c96;
    --bad-back: #431b1b;
  }
}
* {
  box-sizing: border-box;
}
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font:
    16px/1.5 system-ui,
    sans-serif;
}
main {
  max-width: 62rem;
  margin: 0 auto;
  padding: 2.5rem 1.25rem 4rem;
}
h1 {
  font-size: 2.4rem;
  line-height: 1.1;
  margin: 0;
  letter-spacing: -0.02em;
}
h2 {
  font-size: 1.25rem;
  margin: 2.75rem 0 0.5rem;
}
h3 {
  font-size: 1rem;
  margin: 1.5rem 0 0.25rem;
}
p {
  margin: 0.35rem 0;
}
.kind {
  text-transform: uppercase;
  letter-spacing: 0.12em;
  font-size: 0.78rem;
  color: var(--soft);
}
.story {
  font-size: 1.1rem;
  color: var(--soft);
}
.verdicts {
  display: flex;
  flex-wrap: wrap;
  gap: 0.6rem;
  margin: 1.1rem 0 0.4rem;
}
.badge {
  display: inline-block;
  padding: 0.15rem 0.7rem;
  border-radius: 1rem;
  font-weight: 600;
}
.badge.good {
  color: var(--good);
  background: var(--good-back);
}
.badge.fair {
  color: var(--fair);
  background: var(--fair-back);
}
.badge.bad {
  color: var(--bad);
  background: var(--bad-back);
}
.aims {
  margin: 0.4rem 0 0;
  padding-left: 1.1rem;
  color: var(--soft);
}
.tiles {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
  gap: 0.8rem;
  margin-top: 1.8rem;
}
.tile {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  padding: 0.9rem 1rem;
}
.tile p {
  margin: 0;
}
.value {
  font-size: 1.7rem;
  font-weight: 650;
  font-variant-numeric: tabular-nums;
  letter-spacing: -0.01em;
}
.more {
  color: var(--soft);
  font-size: 0.88rem;
}
figure {
  margin: 0.8rem 0;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  padding: 0.5rem;
  overflow-x: auto;
}
svg {
  display: block;
  width: 100%;
  min-width: 40rem;
  height: auto;
  font:
    12px system-ui,
    sans-serif;
  fill: var(--ink);
}
svg .row {
  text-anchor: end;
  fill: var(--soft);
}
svg .tick {
  text-anchor: middle;
  fill: var(--soft);
  font-size: 11px;
}
svg .zone {
  fill: var(--soft);
  font-size: 11px;
}
svg .base,
svg .grid {
  stroke: var(--line);
}
svg line.aim {
  stroke: var(--good);
  stroke-width: 1.5;
}
svg text.aim {
  fill: var(--good);
  text-anchor: middle;
  font-size: 11px;
}
svg .acks {
  fill: var(--acks);
}
svg .calm:not(circle) {
  fill: var(--calm);
}
svg .fault {
  fill: var(--fault);
}
svg .mark {
  stroke: var(--soft);
  stroke-dasharray: 3 3;
}
svg path.gap {
  stroke: var(--gap);
  stroke-width: 1.5;
  fill: none;
}
svg text.gap {
  fill: var(--soft);
  text-anchor: middle;
}
svg path.gap.aimed {
  stroke: var(--aimed);
  stroke-width: 2;
}
svg text.gap.aimed {
  fill: var(--aimed);
  font-weight: 600;
}
svg circle {
  stroke: var(--card);
}
svg circle.calm {
  fill: var(--gap);
}
svg circle.faulted {
  fill: var(--aimed);
}
.marks {
  padding-left: 1.3rem;
  color: var(--soft);
  font-size: 0.92rem;
}
.scroll {
  overflow-x: auto;
}
table {
  border-collapse: collapse;
  width: 100%;
  font-variant-numeric: tabular-nums;
  font-size: 0.94rem;
}
th,
td {
  padding: 0.4rem 0.7rem;
  border-bottom: 1px solid var(--line);
  text-align: right;
  white-space: nowrap;
  vertical-align: top;
}
thead th {
  color: var(--soft);
  font-weight: 600;
}
th:first-child {
  text-align: left;
}
tbody th {
  font-weight: 500;
}
td.text {
  text-align: left;
  white-space: normal;
  min-width: 14rem;
}
.promises th:first-child {
  white-space: normal;
}
.hashes td,
.hashes th {
  text-align: left;
}
code {
  font:
    0.86rem ui-monospace,
    monospace;
}
.wrong {
  color: var(--bad);
  overflow-wrap: anywhere;
}
details {
  border-bottom: 1px solid var(--line);
  padding: 0.5rem 0;
}
summary {
  cursor: pointer;
}
dl {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 0.3rem 1.2rem;
  margin: 0.5rem 0 1rem;
}
dt {
  color: var(--soft);
}
dd {
  margin: 0;
  overflow-wrap: anywhere;
}
.note {
  color: var(--soft);
  font-size: 0.9rem;
  max-width: 48rem;
}
@media print {
  main {
    max-width: none;
  }
  details {
    break-inside: avoid;
  }
}
`;
