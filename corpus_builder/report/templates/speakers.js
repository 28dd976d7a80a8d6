// Search. The page works without this script.
"use strict";
const items = [...document.querySelectorAll("#people li")].map((item) => [item, item.textContent.toLowerCase()]);
const search = document.getElementById("search");
search.hidden = false;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const [item, text] of items) {
    item.hidden = !words.every((word) => text.includes(word));
    shown += !item.hidden;
  }
  document.getElementById("none").hidden = shown > 0;
});
