"use strict";
for (const run of document.querySelectorAll(".run")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = [...run.querySelectorAll("code")].map((line) => line.textContent).join("\n");
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
const tools = document.querySelector(".tools");
if (tools) {
  const [input, said] = [tools.querySelector("input"), tools.querySelector("[aria-live]")];
  const cards = [...document.querySelectorAll(".finding")].map((card) => [card, card.textContent.toLowerCase()]);
  tools.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const [card, text] of cards) {
      card.hidden = !words.every((word) => text.includes(word));
      shown += card.hidden ? 0 : 1;
    }
    said.textContent = input.value.trim() ? `${shown} of ${cards.length} shown` : "";
  });
}
