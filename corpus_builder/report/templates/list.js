// Search in a list. The page works without this script.
"use strict";
const items = [...document.querySelectorAll("#people li, #list li, .drop-list li")].map((item) => [item, item.textContent.toLowerCase()]);
const search = document.getElementById("search");
search.hidden = false;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [item, text] of items) {
    item.hidden = !words.every((word) => text.includes(word));
    shown += !item.hidden;
  }
  for (const group of document.querySelectorAll("details.drops")) {
    const matching = group.querySelectorAll("li:not([hidden])").length;
    group.hidden = !matching;
    group.open = words.length > 0 && matching > 0;
  }
  document.getElementById("none").hidden = shown > 0;
});
