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

function segment(row, chosen) {
  const box = element("div", undefined, "segment");
  box.append(element("div", [row.id, row.about].filter(Boolean).join(" · "), "soft small"));
  const table = element("table");
  table.append(line("source", element("td", row.source), ""));
  const shown = chosen < 0 ? data.systems.map((_, index) => index) : [chosen];
  const outputs = shown.map((index) => tokens(row.outputs[index]));
  row.references.forEach((reference, number) => {
    const name = row.references.length > 1 ? `reference ${number + 1}` : "reference";
    const words = tokens(reference);
    table.append(line(name, chosen < 0 ? element("td", reference) : marked(words, common(words, outputs[0])[0], "del"), ""));
  });
  const first = tokens(row.references[0]);
  shown.forEach((index, at) => {
    const cell = marked(outputs[at], common(first, outputs[at])[1], "ins");
    table.append(line(data.systems[index], cell, row.scores[index].toFixed(data.decimals)));
  });
  box.append(table);
  return box;
}

function show() {
  const chosen = data.systems.indexOf(byId("system").value);
  const wanted = byId("search").value.trim().toLowerCase();
  const order = byId("order").value;
  const shortest = Number(byId("length").value);
  const mean = (row) => row.scores.reduce((sum, score) => sum + score, 0) / row.scores.length;
  const score = (row) => (chosen < 0 ? mean(row) : row.scores[chosen]) * (data.higherIsBetter ? 1 : -1);
  const texts = (row) => [row.id, row.source, ...row.references, ...(chosen < 0 ? row.outputs : [row.outputs[chosen]])];
  let rows = data.rows.filter((row) => row.source.split(/\s+/).length >= shortest &&
    (!wanted || texts(row).some((text) => text.toLowerCase().includes(wanted))));
  if (order === "file") rows = [...rows].sort((one, other) => one.place - other.place);
  else rows = [...rows].sort((one, other) => (score(one) - score(other)) * (order === "worst" ? 1 : -1));
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  page = Math.min(Math.max(page, 0), pages - 1);
  byId("segments").replaceChildren(...rows.slice(page * PAGE, (page + 1) * PAGE).map((row) => segment(row, chosen)));
  byId("position").textContent = rows.length ? `${page + 1} of ${pages} · ${rows.length} segments` : "no matches";
  byId("previous").disabled = page === 0;
  byId("next").disabled = page === pages - 1;
}

for (const id of ["system", "order", "length", "search"]) byId(id).addEventListener("input", () => { page = 0; show(); });
byId("previous").addEventListener("click", () => { page -= 1; show(); });
byId("next").addEventListener("click", () => { page += 1; show(); });
show();
