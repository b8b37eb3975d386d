// How the HTML looks. The colours carry a meaning that the words beside them carry too; all text
// has a contrast of at least 4.5 to 1.
#include "plugin/evidence_markup.hpp"

namespace plugin::evidence {

const char* const html_style = R"css(
:root {
  color-scheme: light dark;
  --page: #fff; --soft: #f4f5f6; --text: #1c2227; --dim: #59636d; --line: #d9dde1;
  --good: #1a6b3c; --warning: #8a5200; --bad: #b3261e;
  --stage: #3f6285; --question: #76808a; --pipeline: #2c7a72;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --soft: #1d2125; --text: #e4e7ea; --dim: #9ba6b1; --line: #343b42;
    --good: #6cc68f; --warning: #e2a94f; --bad: #ff8a80;
    --stage: #7fa6cd; --question: #8b949e; --pipeline: #5dbcb0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 68rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
header { border-left: .375rem solid var(--dim); padding-left: 1.125rem; }
header.good { border-color: var(--good); }
header.warning { border-color: var(--warning); }
header.bad { border-color: var(--bad); }
header p { margin: 0; color: var(--dim); }
h1 { margin: .125rem 0 0; font-size: 1.875rem; line-height: 1.2; font-weight: 650; }
h2 {
  margin: 3rem 0 1rem; padding-bottom: .375rem; border-bottom: 1px solid var(--line);
  font-size: 1.25rem; font-weight: 650;
}
h3 { margin: 2rem 0 .5rem; font-size: 1rem; font-weight: 650; }
h4 { margin: 1rem 0 .25rem; font-size: .875rem; font-weight: 600; color: var(--dim); }
.good { color: var(--good); }
.warning { color: var(--warning); }
.bad { color: var(--bad); font-weight: 600; }
.flag { white-space: nowrap; }
.dim { color: var(--dim); }
header.good, header.warning, header.bad { color: inherit; font-weight: inherit; }
dl {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem 2rem;
  margin: 2rem 0 0; padding: 1.25rem; background: var(--soft); border-radius: .375rem;
}
dt { font-size: .875rem; color: var(--dim); }
dd { margin: 0; }
ul { margin: .5rem 0; padding-left: 1.25rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td {
  padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line);
}
th { color: var(--dim); font-weight: 600; overflow-wrap: normal; }
td { min-width: 6rem; font-variant-numeric: tabular-nums; }
summary { padding: .75rem 0; cursor: pointer; color: var(--dim); font-size: .875rem; }
footer { margin-top: 3rem; color: var(--dim); font-size: .875rem; }
.timeline { padding: 1rem 1.25rem; background: var(--soft); border-radius: .375rem; font-size: .875rem; }
.timeline ol { margin: 0; padding: 0; list-style: none; }
.timeline li, .axis {
  display: grid; grid-template-columns: 33% 1fr 5.5rem; column-gap: 1rem; align-items: center;
}
.timeline li { padding: .1875rem 0; }
.axis { color: var(--dim); font-size: .8125rem; }
.axis b { font-weight: 400; }
.axis div { position: relative; height: 1.25rem; }
.axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis .first { transform: none; }
.axis .last { transform: translateX(-100%); }
.track { position: relative; height: 1.25rem; }
.track i { position: absolute; top: -.1875rem; bottom: -.1875rem; border-left: 1px solid var(--line); }
.track b { position: absolute; top: .1875rem; bottom: .1875rem; min-width: .25rem; border-radius: .125rem; }
.track .stage { background: var(--stage); }
.track .question {
  background: repeating-linear-gradient(135deg, var(--question) 0 3px, transparent 3px 6px);
  outline: 1px solid var(--question); outline-offset: -1px;
}
.track .pipeline { background: var(--pipeline); }
.track .open { background: none; border: 1px dashed var(--pipeline); border-right: 0; }
.track .failed { background: var(--bad); }
.took { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 900px) {
  .axis span:nth-child(even) { display: none; }
}
@media (max-width: 600px) {
  body { padding: 1.25rem 1rem; }
  h1 { font-size: 1.5rem; }
  dl { grid-template-columns: 1fr; gap: .75rem; padding: 1rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr { display: block; width: 100%; }
  tr { margin: 0 0 .75rem; padding: .625rem .875rem; background: var(--soft); border-radius: .375rem; }
  td { display: grid; grid-template-columns: 6.5rem 1fr; column-gap: .75rem; padding: .125rem 0; border: 0; }
  td:empty { display: none; }
  td:first-child div { font-weight: 600; }
  td::before { content: attr(data-label); font-weight: 400; color: var(--dim); }
  .timeline { padding: .75rem .875rem; }
  .timeline li, .axis { grid-template-columns: 1fr auto; row-gap: .125rem; }
  .axis b { display: none; }
  .axis div, .track { grid-column: 1 / -1; grid-row: 2; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --soft: #f4f5f6; --text: #000; --dim: #4a535c; --line: #c8cdd2;
    --good: #1a6b3c; --warning: #8a5200; --bad: #b3261e;
    --stage: #3f6285; --question: #76808a; --pipeline: #2c7a72;
  }
  body { max-width: none; padding: 0; font-size: .8125rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3, h4 { break-after: avoid; }
  tr, li, .timeline, dl { break-inside: avoid; }
  details::details-content { content-visibility: visible; }
  summary { display: none; }
}
)css";

}  // namespace plugin::evidence
