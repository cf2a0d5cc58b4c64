// Questions that wait for whoever leads the class.
import { attempt, on } from "./connection.js";
import { element, isMine, make, room, tell } from "./page.js";
import { offer } from "./panels.js";

const rows = new Map();

function drawEmpty() {
  element("no-questions").hidden = rows.size > 0;
}

function add(question) {
  if (rows.has(question.question_id)) return;
  const who = isMine(question) ? "You" : question.name;
  const row = make("li", {}, make("div", {}, make("span", { className: "who" }, who), make("div", { className: "text" }, question.text)));
  if (room.may.moderate || isMine(question)) row.append(closer(question, who));
  rows.set(question.question_id, row);
  element("questions").append(row);
  drawEmpty();
}

function closer(question, who) {
  const button = make("button", { type: "button" }, "Close");
  button.setAttribute("aria-label", `Close question of ${who}: ${question.text}`);
  button.addEventListener("click", () => {
    const message = { type: "close_question", question_id: question.question_id };
    button.disabled = attempt(message, () => { button.disabled = false; });
  });
  return button;
}

function remove(id) {
  const row = rows.get(id);
  if (!row) return;
  // Who works with the keyboard goes on from here, not from the top of the page.
  if (row.contains(document.activeElement)) element("question").focus();
  row.remove();
  rows.delete(id);
  drawEmpty();
}

on("welcome", (message) => {
  for (const id of [...rows.keys()]) remove(id);
  (message.questions || []).forEach(add);
});
on("asked", (message) => {
  const known = rows.has(message.question.question_id);
  add(message.question);
  if (known || isMine(message.question)) return;
  tell("Question of " + message.question.name + ": " + message.question.text);
  offer("questions");
});
on("question_closed", (message) => remove(message.question_id));

element("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const box = element("question");
  const text = box.value.trim();
  if (text && attempt({ type: "ask", text }, () => { if (!box.value) box.value = text; })) box.value = "";
  box.focus();
});
