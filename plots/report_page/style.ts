/** The page's style sheet: light and dark, from phones to desktops; no fonts or files of others. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1c1c1c; --quiet: #5b6068; --back: #ffffff; --card: #f4f5f7;
  --line: #d9dce1; --mark: #b3261e; --good: #1f7a47; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e7e9; --quiet: #a0a6af; --back: #15171a;
  --card: #1f2226; --line: #363b42; --mark: #ff8a80; --good: #6fcf97; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 24px 20px 64px; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 40px 0 8px; }
p, figcaption { color: var(--quiet); margin: 4px 0 12px; max-width: 75ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px;
  margin: 20px 0 12px; padding: 0; }
.tiles > div { background: var(--card); border-radius: 8px; padding: 10px 14px; }
.tiles dt { color: var(--quiet); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.tiles small { display: block; font-size: .8rem; font-weight: 400; color: var(--quiet);
  overflow-wrap: anywhere; }
figure { margin: 16px 0; }
figcaption { margin-top: 8px; }
figure svg { max-width: 100%; height: auto; display: block; }
.narrow { display: none; }
@media (max-width: 719px) { .wide { display: none; } .narrow { display: block; }
  body { padding: 16px 12px 48px; }
  tbody th { min-width: 13ch; max-width: 16ch; } }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: left; border-bottom: 1px solid var(--line);
  vertical-align: top; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--card); position: sticky; top: 0; }
tbody th { font-weight: 500; position: sticky; left: 0; background: var(--back); min-width: 22ch;
  max-width: 34ch; overflow-wrap: anywhere; white-space: normal; }
td.figure, th.figure { text-align: right; }
td.words { white-space: normal; min-width: 30ch; }
th button { all: unset; cursor: pointer; font-weight: 600; }
th button:focus-visible, summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: ' ▲'; }
th[aria-sort=descending] button::after { content: ' ▼'; }
.worst { color: var(--mark); font-weight: 600; }
.float { color: var(--mark); }
.int8 { color: var(--good); }
details { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; padding: 8px 14px; }
summary { cursor: pointer; }
details ul { margin: 8px 0; padding-left: 20px; font-size: .85rem; overflow-wrap: anywhere; }
.bar { display: flex; height: 6px; margin-top: 8px; border-radius: 3px; overflow: hidden; background: var(--line); }
.bar span { background: #3b76d6; }
footer { margin-top: 48px; color: var(--quiet); font-size: .85rem; }
@media print { body { max-width: none; } .scroll { overflow: visible; } }
`.trim();
