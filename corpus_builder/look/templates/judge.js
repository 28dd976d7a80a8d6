// Judging by keyboard. The form works without this; the script saves each judgement as it is given.
{
  const form = document.getElementById("judge");
  const status = document.getElementById("status");
  const undo = document.getElementById("undo");
  const pairs = form ? [...form.querySelectorAll("fieldset")] : [];
  const said = (pair) => pair.querySelector("input:checked")?.value ?? "";
  const complete = () => pairs.every((pair) => said(pair));
  // Where a digit goes: to one pair, or, in a row of three languages at first, to all of them (-1).
  let at = pairs.length > 1 ? -1 : 0;
  let saving = Promise.resolve();
  // Keys that are typed while the next page is on its way are not meant for this row.
  let leaving = false;
  const leave = (how) => { leaving = true; return saving.then(how); };
  const REASONS = { 2: "mer", 3: "alx" };
  const tell = (words, failed = false) => { status.textContent = words; status.classList.toggle("error", failed); };

  const HINTS = { 2: "Which? m missing, e extra, r replaced", 3: "Why? a alignment, l language, x extraction" };
  let hint = "";

  const save = () => {
    if (!complete()) return;
    const data = new URLSearchParams(new FormData(form));
    tell("saving …");
    saving = saving.then(async () => {
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, headers: { accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.status);
        const { saved } = await answer.json();
        const words = Object.entries(saved).map(([pair, verdict]) => `${pair} ${verdict}`).join(", ");
        tell(`saved: ${words}${hint ? `. ${hint}` : ""}`);
      } catch (error) {
        tell(`Not saved (${error.message}). Is corpus-builder look still running? Enter tries again.`, true);
      }
    });
  };
  const choose = (pair, code) => {
    const box = pair.querySelector(`input[value="${code}"]`);
    box.checked = true;
    box.focus();
  };
  const show = () => pairs.forEach((pair, i) => pair.classList.toggle("at", pairs.length > 1 && i === at));
  const ask = (place) => {
    at = place;
    show();
    if (pairs[at]) {
      (pairs[at].querySelector("input:checked") ?? pairs[at].querySelector("input")).focus();
      tell(`${pairs[at].querySelector("legend").textContent}: 1 right, 2 partly, 3 wrong`);
    }
  };
  const advance = () => { if (pairs.length > 1) ask(at + 1); };
  const verdict = (key) => {
    if (pairs.length > 1 && (at < 0 || at >= pairs.length)) {
      if (key !== "1") return ask(0); // one wrong side leaves the pair of the others as it is
      pairs.forEach((pair) => choose(pair, "1"));
      at = pairs.length;
      show();
      return save();
    }
    choose(pairs[at], key);
    hint = HINTS[key] ?? "";
    if (key === "1") advance();
    else tell(hint);
    save();
  };
  const reason = (key) => {
    const code = pairs[at] ? said(pairs[at]) : "";
    if (!REASONS[code[0]]?.includes(key)) return false;
    choose(pairs[at], code[0] + key);
    hint = "";
    advance();
    save();
    return true;
  };
  const next = () => {
    if (complete()) return leave(() => form.requestSubmit(document.getElementById("save")));
    if (pairs.length > 1 && at >= 0 && pairs[at] && said(pairs[at])) return advance();
    return tell("A verdict first: 1 right, 2 partly, 3 wrong.", true);
  };
  const mark = (key) => {
    const box = form.querySelector(`input[name=marks][value=${key}]`);
    box.checked = !box.checked;
    save();
  };
  const act = (key) => {
    if (key === "u") return leave(() => undo.requestSubmit(undo.querySelector("button")));
    if (key === "?") { const guide = document.getElementById("guide"); guide.open = !guide.open; return true; }
    if (!form) return false;
    if ("123".includes(key)) return verdict(key);
    if (key === "Enter") return next();
    if (key === "s") return leave(() => document.getElementById("skip").click());
    if (key === "p" && pairs.length > 1) return ask(at + 1 < pairs.length && at >= 0 ? at + 1 : 0);
    if ("ft".includes(key)) return mark(key);
    return reason(key);
  };
  if (undo) {
    form?.addEventListener("change", (event) => {
      if (event.target.type === "radio") { at = pairs.findIndex((pair) => pair.contains(event.target)); show(); }
      save();
    });
    document.addEventListener("keydown", (event) => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (leaving || event.repeat) return event.preventDefault();
      if (key === "Enter" && target.closest("a, button, summary")) return;
      if (key.length > 1 && key !== "Enter") return;
      if (act(key.toLowerCase() === "enter" ? "Enter" : key.toLowerCase()) !== false) event.preventDefault();
    });
  }
}
