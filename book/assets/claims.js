// The page "All claims": a field and a choice of verdict leave only the rows that match.
(() => {
  "use strict";

  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

  function controls() {
    const form = document.createElement("form");
    form.className = "claims-filter";
    form.setAttribute("role", "search");
    form.innerHTML = `
      <label>Words <input type="search" name="words" autocomplete="off"></label>
      <label>Verdict <select name="verdict"><option value="">any</option>
        <option>holds</option><option>does not hold</option><option>undecided</option>
      </select></label>
      <output aria-live="polite"></output>`;
    form.addEventListener("submit", (event) => event.preventDefault());
    return form;
  }

  function filter(all, form) {
    const wanted = words(form.elements.words.value);
    const verdict = form.elements.verdict.value;
    let shown = 0;
    let total = 0;
    for (const section of all.querySelectorAll("section")) {
      let here = 0;
      const title = section.querySelector("h3").textContent.toLowerCase();
      for (const row of section.querySelectorAll("tbody tr")) {
        const text = `${title} ${row.textContent.toLowerCase()}`;
        const fits =
          wanted.every((word) => text.includes(word)) &&
          (!verdict || row.querySelector(".verdict").textContent === verdict);
        row.hidden = !fits;
        here += fits;
        total += 1;
      }
      section.hidden = here === 0;
      shown += here;
    }
    form.querySelector("output").textContent = `${shown} of ${total} claims`;
  }

  function start() {
    const all = document.querySelector(".claims-all");
    if (!all) return;
    const form = controls();
    all.before(form);
    form.addEventListener("input", () => filter(all, form));
    filter(all, form);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
