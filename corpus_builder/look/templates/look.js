"use strict";
// The one script of the workbench: live counts of the filters, and keys. Every page works without it.
const form = document.getElementById("sliders");
if (form) {
  let last = 0;
  const count = async () => {
    const asked = ++last;
    const query = new URLSearchParams(new FormData(form));
    const response = await fetch(`${form.dataset.live}?${query}`);
    if (!response.ok || asked !== last) return;
    const effect = await response.json();
    const shown = (number) => number.toLocaleString("en");
    document.getElementById("passing").textContent = shown(effect.passing);
    document.getElementById("rows").textContent = shown(effect.rows);
    document.getElementById("toml").textContent = effect.toml || "# move a slider";
    for (const place of form.querySelectorAll("[data-alone]")) place.textContent = shown(effect.alone[place.dataset.alone] ?? 0);
  };
  form.addEventListener("input", (event) => {
    const output = form.querySelector(`output[for="${event.target.id}"]`);
    if (output) output.textContent = String(Number(event.target.value));
    if (event.target.type === "range") count();
  });
  // Another level has other sliders: the page is loaded anew.
  form.elements.level.addEventListener("change", () => { location.search = new URLSearchParams({ level: form.elements.level.value }); });
}
// "/" goes to the search, n and p turn pages, j and k go from row to row.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable]")) return;
  const rows = [...document.querySelectorAll("tbody tr[id], .kwic li, .stories li")];
  const here = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const go = { j: here + 1, k: here - 1 }[event.key];
  if (event.key === "/") document.querySelector("input[type=search]")?.focus();
  else if (event.key === "n") document.querySelector("a[rel=next]")?.click();
  else if (event.key === "p") document.querySelector("a[rel=prev]")?.click();
  else if (go !== undefined && rows[go]) { rows[go].tabIndex = -1; rows[go].focus(); }
  else return;
  event.preventDefault();
});
