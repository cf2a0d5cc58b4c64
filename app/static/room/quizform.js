// The making of a quiz: a question, two to eight options, and which of them are right.
import { attempt, on } from "./connection.js";
import { element, make } from "./page.js";

const FEWEST = 2;
const MOST = 8;
const form = element("quiz-form");
const list = element("new-options");

function addOption() {
  const number = list.children.length + 1;
  const text = make("input", { type: "text", maxLength: 200, required: number <= FEWEST, autocomplete: "off" });
  text.setAttribute("aria-label", "Option " + number);
  text.placeholder = "Option " + number;
  const right = make("input", { type: "checkbox" });
  right.setAttribute("aria-label", `Option ${number} is right`);
  list.append(make("li", {}, text, make("label", {}, right, " right")));
  element("add-option").hidden = number >= MOST;
  return text;
}

export function resetForm() {
  form.reset();
  list.replaceChildren();
  for (let number = 0; number < FEWEST; number += 1) addOption();
  element("quiz-start").disabled = false;
}

element("add-option").addEventListener("click", () => addOption().focus());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const rows = [...list.children].map((row) => [...row.querySelectorAll("input")]);
  const filled = rows.filter(([text]) => text.value.trim());
  const message = {
    type: "start_quiz",
    question: element("new-question").value.trim(),
    options: filled.map(([text]) => text.value.trim()),
    correct: filled.flatMap(([, right], place) => (right.checked ? [place] : [])),
  };
  // What was typed stays until the quiz has begun.
  element("quiz-start").disabled = attempt(message, () => { element("quiz-start").disabled = false; });
});
on("welcome", () => { element("quiz-start").disabled = false; });
resetForm();
