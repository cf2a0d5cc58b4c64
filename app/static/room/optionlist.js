// The rows in which somebody writes down the options of a quiz or poll: two to eight of them.
import { element, make } from "./page.js";

const FEWEST = 2;
const MOST = 8;

// `word` is what an option is called; `extra` makes what stands beside the text of the option with this number.
export function optionList(listId, buttonId, word, extra = () => []) {
  const list = element(listId);

  function add() {
    const number = list.children.length + 1;
    const text = make("input", { type: "text", maxLength: 200, required: number <= FEWEST, autocomplete: "off" });
    text.setAttribute("aria-label", `${word} ${number}`);
    text.placeholder = `${word} ${number}`;
    list.append(make("li", {}, text, ...extra(number)));
    element(buttonId).hidden = number >= MOST;
    return text;
  }

  element(buttonId).addEventListener("click", () => add().focus());
  return {
    reset() {
      list.replaceChildren();
      for (let number = 0; number < FEWEST; number += 1) add();
    },
    // The rows that were filled in, each with its inputs.
    filled() {
      const rows = [...list.children].map((row) => [...row.querySelectorAll("input")]);
      return rows.filter(([text]) => text.value.trim());
    },
  };
}
