// Search and keys. The page works without this script: stories are chosen by the address (#story-3).
"use strict";
const links = [...document.querySelectorAll("#picker a")];
const search = document.getElementById("search");
const shown = () => links.filter((link) => !link.parentElement.hidden);
const current = () => links.find((link) => link.hash === location.hash) ?? links[0];

function mark() {
  for (const link of links) link.removeAttribute("aria-current");
  current()?.setAttribute("aria-current", "true");
  current()?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const visible = shown();
  const next = visible[visible.indexOf(current()) + by] ?? (visible.includes(current()) ? null : visible[0]);
  if (next) next.click();
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/);
  for (const link of links) {
    const text = link.textContent.toLowerCase();
    link.parentElement.hidden = !words.every((word) => text.includes(word));
  }
  document.getElementById("none").hidden = shown().length > 0;
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  l: () => document.querySelector('input[name="level"]:not(:checked)').click(),
  o: () => document.getElementById("only-odd").click(),
  "/": () => search.focus(),
};

if (search) {
  search.hidden = false;
  document.getElementById("keys").hidden = false;
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && shown().length) shown()[0].click();
    if (event.key === "Escape") { search.value = ""; filter(); search.blur(); }
  });
  addEventListener("hashchange", mark);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search]")) return;
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  if (location.hash.startsWith("#story-")) mark();
  else links[0]?.setAttribute("aria-current", "true");
}
