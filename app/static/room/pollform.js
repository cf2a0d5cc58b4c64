// The making of a poll: what is asked, two to eight options, one or several of which may be chosen.
import { attempt, on } from "./connection.js";
import { optionList } from "./optionlist.js";
import { element } from "./page.js";

const form = element("poll-form");
const options = optionList("new-poll-options", "add-poll-option", "Poll option");

export function resetForm() {
  form.reset();
  options.reset();
  element("poll-start").disabled = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = {
    type: "start_poll",
    question: element("new-poll-question").value.trim(),
    options: options.filled().map(([text]) => text.value.trim()),
    multiple: element("poll-multiple").checked,
  };
  // What was typed stays until the poll has begun.
  element("poll-start").disabled = attempt(message, () => { element("poll-start").disabled = false; });
});
on("welcome", () => { element("poll-start").disabled = false; });
resetForm();
