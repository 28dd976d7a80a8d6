// Correcting a story. The server says what the groups are; a change names those that were seen and what they become.
{
  const root = document.getElementById("correct");
  const status = document.getElementById("status");
  const boxes = () => [...root.querySelectorAll(".box")];
  const sides = (box) => [...box.querySelectorAll(".side")];
  const segments = (element) => [...element.querySelectorAll(".segment")];
  const places = (element) => segments(element).map((segment) => segment.dataset.place);
  const points = (text) => Array.from(text).length; // places count code points
  const tell = (words, failed = false) => { status.textContent = words; status.classList.toggle("error", failed); };
  let at = 0;
  let language = "";
  // By language, where a cursor stands in the group: after so many UTF-16 units of its side's text.
  let cursors = {};
  const undone = [];

  const here = () => boxes()[at];
  const side = () => sides(here()).find((each) => each.dataset.language === language) ?? sides(here())[0];
  const textOf = (element) => segments(element).map((segment) => segment.textContent).join("");
  // Where the cursor may stand in a side: before a segment, and before a word (of a script without spaces: any letter).
  const stops = (element, letters) => {
    const text = textOf(element);
    const found = new Set([0, text.length]);
    let begin = 0;
    for (const segment of segments(element)) {
      const own = segment.textContent;
      found.add(begin);
      const single = letters || !/\s/u.test(own);
      for (const { index } of own.matchAll(single ? /./gsu : /(?<=\s)\S/gu)) found.add(begin + index);
      begin += own.length;
    }
    return [...found].sort((a, b) => a - b);
  };

  const draw = () => {
    for (const mark of root.querySelectorAll(".cursor")) { const parent = mark.parentNode; mark.remove(); parent.normalize(); }
    for (const each of root.querySelectorAll(".active")) each.classList.remove("active");
    boxes().forEach((box, number) => { box.tabIndex = number === at ? 0 : -1; box.classList.toggle("at", number === at); });
    const box = here();
    if (!box) return;
    language = side().dataset.language;
    side().classList.add("active");
    for (const each of sides(box)) {
      let left = cursors[each.dataset.language];
      if (left === undefined) continue;
      const own = segments(each);
      for (const [number, segment] of own.entries()) {
        const size = segment.textContent.length;
        if (left < size || number === own.length - 1) {
          const mark = document.createElement("span");
          mark.className = "cursor";
          const rest = segment.firstChild.splitText(Math.min(left, size));
          segment.insertBefore(mark, rest);
          break;
        }
        left -= size;
      }
    }
  };
  const go = (number, keep = {}) => {
    at = Math.max(0, Math.min(number, boxes().length - 1));
    cursors = keep;
    draw();
    here()?.focus({ preventScroll: true });
    here()?.scrollIntoView({ block: "nearest" });
  };
  const describe = () => {
    const box = here();
    tell(`group ${at + 1} of ${boxes().length}, ${language}: ${textOf(side()) || "no counterpart"}`);
  };
  // The group that has a place; the first of a list that is there.
  const find = (wanted) => {
    for (const place of wanted) {
      const [name, block, start] = place.split(":");
      const number = boxes().findIndex((box) => places(box).some((own) => own.startsWith(`${name}:${block}:${start}:`)));
      if (number >= 0) return number;
    }
    return at;
  };

  const send = async (body, wanted, words, keepUndo = true) => {
    const heading = JSON.stringify({ article_id: root.dataset.article, ...body });
    try {
      const answer = await fetch(root.dataset.action, { method: "POST", body: heading, headers: { "content-type": "application/json" } });
      const found = await answer.json().catch(() => ({ error: `answer ${answer.status}` }));
      if (found.html) root.innerHTML = found.html; // a template of the server, which escapes every text
      if (!answer.ok) { go(at); return tell(`Not saved: ${found.error ?? answer.status}`, true); }
      if (keepUndo && found.undo) undone.push({ ...found.undo, at });
      go(find(wanted));
      tell(`${words}; saved`);
    } catch (error) {
      tell(`Not saved (${error.message}). Is corpus-builder look still running?`, true);
    }
  };
  const replace = (seen, made, wanted, words) => {
    const kept = made.filter((places) => places.length);
    return send({ seen: seen.map(places), beads: kept }, wanted, words);
  };

  // The places of a side before and after its cursor.
  const cut = (element) => {
    let left = cursors[element.dataset.language];
    if (left === undefined) return [places(element), []];
    const before = [], after = [];
    for (const segment of segments(element)) {
      const text = segment.textContent;
      const [name, block, start, end] = segment.dataset.place.split(":");
      if (left >= text.length) before.push(segment.dataset.place);
      else if (left <= 0) after.push(segment.dataset.place);
      else {
        const first = text.slice(0, left).trimEnd(), second = text.slice(left).trimStart();
        const from = Number(end) - points(second);
        if (first) before.push(`${name}:${block}:${start}:${Number(start) + points(first)}`);
        if (second) after.push(`${name}:${block}:${from}:${end}`);
      }
      left -= text.length;
    }
    return [before, after];
  };

  const split = () => {
    const parts = sides(here()).map(cut);
    const [above, below] = [0, 1].map((part) => parts.flatMap((each) => each[part]));
    if (!above.length || !below.length) return tell("Set the cursor first: ← and →, or click on a word.", true);
    return replace([here()], [above, below], below, "split");
  };
  const merge = () => {
    const next = boxes()[at + 1];
    if (!next) return tell("There is no group below.", true);
    return replace([here(), next], [[...places(here()), ...places(next)]], places(here()), "merged");
  };
  const move = (step) => {
    const other = boxes()[at + step];
    const own = places(side());
    if (!other || !own.length) return tell(own.length ? "There is no group there." : "This side has nothing to move.", true);
    const rest = places(here()).filter((place) => !own.includes(place));
    const joined = [...places(other), ...own];
    return replace([here(), other], step < 0 ? [joined, rest] : [rest, joined], own, "moved");
  };
  const detach = () => {
    const own = places(side());
    const rest = places(here()).filter((place) => !own.includes(place));
    if (!own.length) return tell("This side has nothing to detach.", true);
    if (!rest.length && own.length === 1 && here().dataset.state === "human") return tell("It stands alone already.", true);
    const alone = rest.length ? [own] : own.map((place) => [place]);
    return replace([here()], [rest, ...alone], rest.length ? rest : own, "detached");
  };
  const confirm = async () => {
    const next = boxes()[at + 1];
    const wanted = next ? places(next) : places(here());
    if (here().dataset.state !== "human") return replace([here()], [places(here())], wanted, "confirmed");
    go(find(wanted));
    return describe();
  };
  const confirmAll = () => send({ all: root.querySelector(".boxes").dataset.version }, places(here()), "all confirmed");
  const release = () => {
    if (here().dataset.state !== "human") return tell("The aligner made this group.", true);
    return send({ seen: [places(here())], beads: [] }, places(here()), "left to the aligner");
  };
  const undo = () => {
    const last = undone.pop();
    if (!last) return tell("There is nothing to undo.", true);
    const wanted = [...last.beads, ...last.seen].flat();
    return send({ seen: last.seen, beads: last.beads }, wanted, "undone", false);
  };
  const turn = (step) => {
    const all = sides(here());
    const number = Math.max(0, Math.min(all.indexOf(side()) + step, all.length - 1));
    language = all[number].dataset.language;
    draw();
    describe();
  };
  const shift = (step, letters) => {
    const places = stops(side(), letters);
    const now = cursors[language] ?? (step > 0 ? 0 : places.at(-1));
    const next = step > 0 ? places.find((place) => place > now) : places.findLast((place) => place < now);
    cursors = { ...cursors, [language]: next ?? now };
    draw();
    const text = textOf(side());
    tell(`cursor in ${language}: ${text.slice(Math.max(0, cursors[language] - 20), cursors[language])}|${text.slice(cursors[language], cursors[language] + 20)}`);
  };
  const act = (key, shifted) => {
    if (key === "j" || key === "k") { go(at + (key === "j" ? 1 : -1)); return describe(); }
    if (key === "h" || key === "l") return turn(key === "l" ? 1 : -1);
    if (/^[1-9]$/.test(key) && sides(here())[Number(key) - 1]) return turn(Number(key) - 1 - sides(here()).indexOf(side()));
    if (key === "ArrowLeft" || key === "ArrowRight") return shift(key === "ArrowRight" ? 1 : -1, shifted);
    if (key === "C") return confirmAll();
    if (key === "?") { const guide = document.getElementById("guide"); guide.open = !guide.open; return undefined; }
    return { s: split, m: merge, d: detach, c: confirm, x: release, u: undo, "[": () => move(-1), "]": () => move(1) }[key]();
  };
  const KEYS = "jkhlsmdcCxu[]?123456789";

  if (root && boxes().length) {
    // Keys that are typed while a change is on its way wait for its answer.
    let working = Promise.resolve();
    const queue = (key, shifted = false) => { working = working.then(() => act(key, shifted)); };
    document.addEventListener("keydown", (event) => {
      const { key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
      if (!(KEYS.includes(key) && key.length === 1) && key !== "ArrowLeft" && key !== "ArrowRight") return;
      event.preventDefault();
      queue(key, event.shiftKey);
    });
    for (const button of document.querySelectorAll("[data-key]")) button.addEventListener("click", () => queue(button.dataset.key));
    root.addEventListener("click", (event) => {
      const box = event.target.closest(".box");
      if (!box) return;
      const number = boxes().indexOf(box);
      const keep = number === at ? cursors : {};
      const own = event.target.closest(".side");
      if (own) language = own.dataset.language;
      const segment = event.target.closest(".segment");
      const caret = segment && document.caretRangeFromPoint?.(event.clientX, event.clientY);
      if (caret && segment.contains(caret.startContainer)) {
        const range = document.createRange();
        range.setStart(own, 0);
        range.setEnd(caret.startContainer, caret.startOffset);
        const all = segments(own);
        const inside = document.createRange();
        inside.setStart(segment, 0);
        inside.setEnd(caret.startContainer, caret.startOffset);
        const before = all.slice(0, all.indexOf(segment)).reduce((sum, each) => sum + each.textContent.length, 0);
        const place = before + inside.toString().length;
        keep[language] = stops(own, false).findLast((stop) => stop <= place) ?? 0;
      }
      go(number, keep);
    });
    go(0);
  }
}
