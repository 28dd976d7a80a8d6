const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 20;
const byId = (id) => document.getElementById(id);
let page = 0;

document.querySelectorAll("[data-heat]").forEach((button) => button.addEventListener("click", () => {
  document.querySelectorAll("[data-heat]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  document.querySelectorAll("[data-heat-map]").forEach((map) => { map.hidden = map.dataset.heatMap !== button.dataset.heat; });
}));

// Words, runs of spaces, and single marks; joined they give the text again.
const tokens = (text) => text.match(/[\p{L}\p{N}\p{M}]+(?:['’ʼ-][\p{L}\p{N}]+)*|\s+|[^]/gu) || [];

// The tokens of each text that are in a longest common subsequence of the two.
function common(one, other) {
  const table = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      table[i][j] = one[i] === other[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const kept = [new Set(), new Set()];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) { kept[0].add(i++); kept[1].add(j++); }
    else if (table[i + 1][j] >= table[i][j + 1]) i++;
    else j++;
  }
  return kept;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function marked(words, kept, mark) {
  const cell = element("td");
  words.forEach((word, index) => cell.append(kept.has(index) || /^\s+$/.test(word) ? word : element(mark, word)));
  return cell;
}

function line(name, cell, score) {
  const row = element("tr");
  const head = element("th", name);
  head.title = name;
  row.append(head, cell, element("td", score, "number"));
  return row;
}

// The systems that are shown: A alone, A and B, or all.
function shownSystems() {
  const [one, other] = ["system", "other"].map((id) => (byId(id) ? Number(byId(id).value) : -1));
  if (one < 0) return data.systems.map((_, index) => index);
  return other < 0 || other === one ? [one] : [one, other];
}

function missed(row, index) {
  return data.misses.filter((_, number) => row.misses[number][index]).join(", ");
}

function segment(row, shown) {
  const box = element("div", undefined, "segment");
  box.tabIndex = 0;
  box.append(element("div", [row.id, row.about].filter(Boolean).join(" · "), "soft small"));
  const table = element("table");
  table.append(line("source", element("td", row.source), ""));
  const outputs = shown.map((index) => tokens(row.outputs[index]));
  row.references.forEach((reference, number) => {
    const name = row.references.length > 1 ? `reference ${number + 1}` : "reference";
    const words = tokens(reference);
    const cell = shown.length > 1 ? element("td", reference) : marked(words, common(words, outputs[0])[0], "del");
    table.append(line(name, cell, ""));
  });
  const first = tokens(row.references[0]);
  shown.forEach((index, at) => {
    const cell = marked(outputs[at], common(first, outputs[at])[1], "ins");
    const misses = missed(row, index);
    if (misses) cell.append(" ", element("span", `[${misses}]`, "miss small"));
    table.append(line(data.systems[index], cell, row.scores[index].toFixed(data.decimals)));
  });
  if (shown.length === 2) {
    const difference = row.scores[shown[0]] - row.scores[shown[1]];
    const text = `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(data.decimals)}`;
    table.append(line("A − B", element("td"), text));
  }
  box.append(table);
  return box;
}

// Whether a row passes the filters: length, search, slice, and a miss of a system that is shown.
function filter(shown) {
  const wanted = byId("search").value.trim().toLowerCase();
  const shortest = Number(byId("length").value);
  const slice = byId("slice").selectedOptions[0].dataset;
  const dimension = data.dimensions.indexOf(slice.dimension);
  const miss = byId("miss") ? byId("miss").value : "";
  return (row) => {
    if (row.source.split(/\s+/).length < shortest) return false;
    if (dimension >= 0 && row.values[dimension] !== slice.value) return false;
    if (miss !== "" && !shown.some((index) => row.misses[Number(miss)][index])) return false;
    const texts = [row.id, row.source, ...row.references, ...shown.map((index) => row.outputs[index])];
    return !wanted || texts.some((text) => text.toLowerCase().includes(wanted));
  };
}

// The number that a row is ordered by, the least first.
function ordering(shown) {
  const order = byId("order").value;
  if (order === "file") return (row) => row.place;
  const sign = data.higherIsBetter ? 1 : -1;
  if (order === "below" || order === "above") {
    const [one, other] = shown.length === 2 ? shown : [0, 1];
    return (row) => (row.scores[one] - row.scores[other]) * sign * (order === "below" ? 1 : -1);
  }
  const mean = (row) => shown.reduce((sum, index) => sum + row.scores[index], 0) / shown.length;
  return (row) => mean(row) * sign * (order === "worst" ? 1 : -1);
}

function show() {
  const shown = shownSystems();
  const key = ordering(shown);
  const rows = data.rows.filter(filter(shown)).sort((one, other) => key(one) - key(other));
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  page = Math.min(Math.max(page, 0), pages - 1);
  byId("segments").replaceChildren(...rows.slice(page * PAGE, (page + 1) * PAGE).map((row) => segment(row, shown)));
  byId("position").textContent = rows.length ? `${page + 1} of ${pages} · ${rows.length} segments` : "no matches";
  byId("previous").disabled = page === 0;
  byId("next").disabled = page === pages - 1;
}

function turn(pages) {
  page += pages;
  show();
}

// An order by A − B needs both systems: those that are not chosen are the first two.
function choosePair() {
  if (!byId("other") || !["below", "above"].includes(byId("order").value)) return;
  if (byId("system").value === "-1") byId("system").value = byId("other").value === "0" ? "1" : "0";
  if (["-1", byId("system").value].includes(byId("other").value)) {
    byId("other").value = byId("system").value === "0" ? "1" : "0";
  }
}

function change() {
  page = 0;
  choosePair();
  show();
}

const CONTROLS = ["system", "other", "order", "slice", "miss", "length", "search"].filter((id) => byId(id));
for (const id of CONTROLS) byId(id).addEventListener("input", change);
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));

// A cell of the heat map shows its rows: those of its slice, of its system.
document.querySelectorAll("button[data-dimension]").forEach((cell) => cell.addEventListener("click", () => {
  const { dimension, value, system } = cell.dataset;
  const slice = [...byId("slice").options].find((o) => o.dataset.dimension === dimension && o.dataset.value === value);
  slice.selected = true;
  byId("system").value = String(data.systems.indexOf(system));
  if (byId("other")) byId("other").value = "-1";
  if (["below", "above"].includes(byId("order").value)) byId("order").value = "worst";
  change();
  byId("segment-controls").scrollIntoView();
  byId("segments").querySelector(".segment")?.focus({ preventScroll: true });
}));

function step(by) {
  const boxes = [...document.querySelectorAll(".segment")];
  const at = boxes.indexOf(document.activeElement);
  const next = at < 0 ? boxes[0] : boxes[Math.min(Math.max(at + by, 0), boxes.length - 1)];
  next?.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => byId("next").disabled || turn(1),
  p: () => byId("previous").disabled || turn(-1),
  "/": () => byId("search").focus(),
  x: () => {
    for (const id of CONTROLS) byId(id).value = byId(id).tagName === "SELECT" ? byId(id).options[0].value : "";
    change();
  },
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.id === "search") event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "SELECT"].includes(event.target.tagName)) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
show();
