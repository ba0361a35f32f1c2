"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

for (const run of all(".run")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = all("code", run).map((line) => line.textContent).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(run.querySelector("pre"));
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  run.querySelector(".bar").append(button);
}

const PAGE = 100;
const number = (count) => count.toLocaleString("en");

/* Call `search` with the words that are looked for; it returns how many things it shows, and of how many. */
function filter(tools, search) {
  const [input, said] = [tools.querySelector("input"), tools.querySelector("[aria-live]")];
  tools.hidden = false;
  input.addEventListener("input", () => {
    const [shown, total] = search(input.value.toLowerCase().split(/\s+/));
    said.textContent = input.value.trim() ? `${number(shown)} of ${number(total)}` : "";
  });
}

/* Hide those of the elements that don't hold all the words. */
function hiding(find) {
  let items = null;
  return (words) => {
    items ??= find().map((item) => [item, item.textContent.toLowerCase()]);
    let shown = 0;
    for (const [item, text] of items) {
      if (item.nextElementSibling?.className === "drawn") item.querySelector("details").open = false;
      item.hidden = !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
    }
    return [shown, items.length];
  };
}

/* Write the first of the rows that hold all the words; a button shows more. */
function writing(table, data) {
  const [body, shape, more] = [table.querySelector("tbody"), table.querySelector("template"), table.querySelector(".more")];
  const button = document.createElement("button");
  button.type = "button";
  let rows = null;
  let found = [];
  const write = (from) => {
    for (const [cells] of found.slice(from, from + PAGE)) {
      const row = shape.content.cloneNode(true);
      all("[data-slot]", row).forEach((slot, index) => {
        slot.textContent = cells[index];
        if (slot.href) slot.setAttribute("href", `#check-${cells[index]}`);
      });
      body.append(row);
    }
    const left = found.length - from - PAGE;
    button.textContent = left > 0 ? `Show ${number(Math.min(left, PAGE))} of ${number(left)} more` : "";
    button.hidden = left <= 0;
  };
  const search = (words) => {
    rows ??= JSON.parse(data.textContent).map((cells) => [cells, cells.join(" ").toLowerCase()]);
    found = rows.filter(([, text]) => words.every((word) => text.includes(word)));
    body.replaceChildren();
    write(0);
    return [found.length, rows.length];
  };
  button.addEventListener("click", () => {
    if (!rows) search([]);
    write(all("tr:not(.drawn)", body).length);
  });
  button.textContent = "Show more";
  more.after(button);
  return search;
}

for (const tools of all(".tools")) {
  const table = tools.closest(".searchable");
  const data = table?.querySelector("script");
  filter(tools, data ? writing(table, data) : hiding(() => all(table ? "tbody tr:not(.drawn)" : ".finding", table ?? document)));
}

const statuses = { FAIL: "fail", "n/a": "not-applicable" };

/* Draw a chain of which only the words are there: "number pass, account FAIL". */
function drawn(said) {
  const states = new Map(said.split(", ").map((link) => link.split(" ")));
  const chain = document.querySelector("#chain").content.cloneNode(true);
  for (const svg of all("svg", chain)) {
    svg.setAttribute("aria-label", said);
    let broken = false;
    for (const node of all(".node", svg)) {
      const word = states.get(node.dataset.link);
      if (word === undefined) { node.remove(); continue; }
      const status = statuses[word] ?? word;
      const first = status === "fail" && !broken;
      node.setAttribute("class", `node ${status}${first ? " broken" : ""}${broken ? " after" : ""}`);
      node.querySelector("use").setAttribute("href", `#icon-${status}`);
      node.querySelector(".state").textContent = word;
      broken ||= first;
    }
  }
  return chain;
}

// The chain of a line stands in a row of its own, below that of the line.
document.querySelector("#line-table")?.addEventListener("toggle", ({ target }) => {
  const row = target.closest("tr");
  const below = row.nextElementSibling;
  if (below?.className === "drawn") { below.remove(); }
  if (!target.open) return;
  const text = target.querySelector("p");
  text.hidden = true;
  const cell = document.createElement("td");
  cell.colSpan = row.cells.length;
  cell.append(drawn(text.textContent));
  const added = document.createElement("tr");
  added.className = "drawn";
  added.append(cell);
  row.after(added);
}, true);

// A link to a request opens the list that it is in.
const unfold = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
addEventListener("hashchange", unfold);
unfold();

// Paper has nothing to unfold; what is open is remembered, and many rows stay folded.
addEventListener("beforeprint", () => all("details:not([open], .many, .chained)").forEach((one) => { one.open = true; one.dataset.printed = ""; }));
addEventListener("afterprint", () => all("[data-printed]").forEach((one) => { one.open = false; delete one.dataset.printed; }));
