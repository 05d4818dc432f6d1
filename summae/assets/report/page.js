"use strict";
// The rows of the report, to sort, filter and read. What is shown is written in the address
// (#sort=rouge_1&order=ascending), so that it can be bookmarked and goes back with the browser.

const rows = JSON.parse(document.getElementById("rows").textContent);
const room = document.getElementById("samples");
const STEP = 50;
const WORST = "#sort=rouge_1&order=ascending&shown=100";

// What to sort by: key -> [title, value of a row].
const KEYS = {
  number: ["order of the data", row => row.number],
  rouge_1: ["ROUGE-1", row => row.rouge_1],
  rouge_2: ["ROUGE-2", row => row.rouge_2],
  rouge_l: ["ROUGE-L", row => row.rouge_l],
  written: ["length of the summary", row => row.summary.length],
};
if (rows.some(row => "document" in row)) {
  KEYS.lead = ["copied lead", row => row.lead];
  KEYS.unsupported = ["unsupported facts", row => row.unsupported.length];
  KEYS.length = ["length of the document", row => row.length];
}
if (rows.some(row => row.rivals)) {
  KEYS.margin = ["ROUGE-1 minus the best other system",
    row => row.rouge_1 - Math.max(...row.rivals.map(rival => rival[2]))];
}
if (rows.some(row => row.tokens)) {
  KEYS.score = ["mean token score", row => mean(row.tokens.map(token => token[1]))];
}

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function state() {
  const given = new URLSearchParams(location.hash.slice(1));
  const sort = given.get("sort");
  return {
    sort: sort in KEYS ? sort : "number",
    order: given.get("order") === "descending" ? "descending" : "ascending",
    set: given.get("set") ?? "*",
    find: given.get("find") ?? "",
    shown: Math.max(1, parseInt(given.get("shown"), 10) || STEP),
  };
}

function go(changes) {
  location.hash = new URLSearchParams({ ...state(), shown: STEP, ...changes });
}

function chosen({ sort, order, set, find }) {
  const value = KEYS[sort][1];
  const sign = order === "ascending" ? 1 : -1;
  const texts = row => [row.summary, row.reference, row.document ?? ""];
  return rows
    .filter(row => set === "*" || row.set === set)
    .filter(row => !find || texts(row).some(text => text.includes(find)))
    .sort((a, b) => sign * (value(a) - value(b)) || a.number - b.number);
}

// Text in pieces of equal class. Places count code points, as Python does.
function marked(text, spans) {
  const points = Array.from(text);
  const classes = points.map(() => []);
  for (const [start, end, name] of spans) {
    for (let i = start; i < Math.min(end, points.length); i++) classes[i].push(name);
  }
  const pieces = [];
  for (let start = 0, end; start < points.length; start = end) {
    const name = classes[start].join(" ");
    for (end = start; end < points.length && classes[end].join(" ") === name;) end++;
    const piece = points.slice(start, end).join("");
    pieces.push(name ? make("mark", { className: name }, piece) : piece);
  }
  return pieces;
}

function line(label, className, ...children) {
  return make("p", { className }, make("span", { className: "label" }, label), ...children);
}

const percent = share => (100 * share).toFixed(1);

// Scores of a discriminator have no fixed scale: the largest in the report is the full colour.
const strongest = Math.max(1e-9, ...rows.flatMap(row => (row.tokens ?? []).map(token => Math.abs(token[1]))));

function token([piece, score]) {
  const element = make("span", { title: score.toFixed(3) }, piece);
  const colour = score < 0 ? "--fake" : "--good";
  element.style.background = `rgb(var(${colour}) / ${(0.6 * Math.abs(score) / strongest).toFixed(3)})`;
  return element;
}

function article(row) {
  const copies = row.copies ?? [];
  const colour = place => `c${place % 6}`;
  const ours = [
    ...copies.map(([start, end], place) => [start, end, colour(place)]),
    ...(row.unsupported ?? []).map(([start, end]) => [start, end, "unsupported"]),
  ];
  const theirs = copies.map(([start, end, source], place) => [source, source + end - start, colour(place)]);
  const scores = [
    `No. ${row.number}`, ...(row.set ? [row.set] : []),
    `R-1 ${percent(row.rouge_1)}`, `R-2 ${percent(row.rouge_2)}`, `R-L ${percent(row.rouge_l)}`,
    ...("lead" in row ? [`lead copied ${percent(row.lead)} %`] : []),
  ];
  const summary = row.summary ? marked(row.summary, ours) : [make("span", { className: "nothing" }, "no summary")];
  const element = make("article", {},
    make("div", { className: "scores" }, ...scores.map(text => make("span", {}, text))),
    line("summary", "ours", ...summary),
    line("human", "reference", row.reference));
  for (const [name, text, score] of row.rivals ?? []) {
    element.append(line(name, "rival", text, make("span", { className: "count" }, ` ${percent(score)}`)));
  }
  if (row.tokens?.length) element.append(line("token scores", "tokens", ...row.tokens.map(token)));
  if ("document" in row) {
    const rest = row.more ? [make("span", { className: "count" }, ` … ${row.more} more characters`)] : [];
    element.append(make("p", { className: "document" }, ...marked(row.document, theirs), ...rest));
  }
  return element;
}

function select(options, value, change) {
  const element = make("select", {}, ...options.map(([key, title]) => make("option", { value: key }, title)));
  element.value = value;
  element.addEventListener("change", () => change(element.value));
  return element;
}

function controls(now, count) {
  const sets = [...new Set(rows.map(row => row.set ?? ""))];
  const bar = make("div", { className: "controls" },
    make("a", { href: WORST, id: "worst" }, "Worst hundred"),
    select(Object.entries(KEYS).map(([key, [title]]) => [key, `by ${title}`]), now.sort, sort => go({ sort })),
    select([["ascending", "lowest first"], ["descending", "highest first"]], now.order, order => go({ order })));
  if (sets.length > 1) {
    bar.append(select([["*", "all sets"], ...sets.map(set => [set, set || "(no set)"])], now.set, set => go({ set })));
  }
  const find = make("input", { type: "search", placeholder: "find text", value: now.find });
  find.addEventListener("change", () => go({ find: find.value }));
  bar.append(find, make("span", { className: "count" }, `${count} rows`));
  return bar;
}

function show() {
  const now = state();
  const found = chosen(now);
  room.replaceChildren(
    make("h2", {}, "Rows"),
    controls(now, found.length),
    make("p", { className: "key" },
      make("mark", { className: "c0" }, "copied"), " from the document in the same colour · ",
      make("span", { className: "unsupported" }, "unsupported"), " number, Latin word or name",
      ...(KEYS.score ? [" · token scores: ", token(["above 0", strongest]), " ", token(["below 0", -strongest])] : [])),
    ...found.slice(0, now.shown).map(article));
  if (found.length > now.shown) {
    const more = make("button", { className: "more" }, `${found.length - now.shown} more`);
    more.addEventListener("click", () => {
      history.replaceState(null, "", `#${new URLSearchParams({ ...now, shown: now.shown + STEP })}`);
      show();
    });
    room.append(more);
  }
}

addEventListener("hashchange", () => { show(); room.scrollIntoView(); });
show();
if (location.hash) room.scrollIntoView();
