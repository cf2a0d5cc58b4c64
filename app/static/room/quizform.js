// The making of a quiz: a question, two to eight options, and which of them are right.
import { attempt, on } from "./connection.js";
import { optionList } from "./optionlist.js";
import { element, make } from "./page.js";

const form = element("quiz-form");
const options = optionList("new-options", "add-option", "Option", (number) => {
  const right = make("input", { type: "checkbox" });
  right.setAttribute("aria-label", `Option ${number} is right`);
  return [make("label", {}, right, " right")];
});

export function resetForm() {
  form.reset();
  options.reset();
  element("quiz-start").disabled = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const filled = options.filled();
  const message = {
    type: "start_quiz",
    question: element("new-question").value.trim(),
    options: filled.map(([text]) => text.value.trim()),
    correct: filled.flatMap(([, right], place) => (right.checked ? [place] : [])),
    changeable: element("quiz-changeable").checked,
  };
  // What was typed stays until the quiz has begun.
  element("quiz-start").disabled = attempt(message, () => { element("quiz-start").disabled = false; });
});
on("welcome", () => { element("quiz-start").disabled = false; });
resetForm();
