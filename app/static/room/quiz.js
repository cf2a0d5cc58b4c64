// The quiz: answered by each, once or as it lets them, counted as answers come, with the right options at the end.
import { attempt, on } from "./connection.js";
import { element, isLive, isMine, make, room, tell } from "./page.js";
import { offer } from "./panels.js";
import { resetForm } from "./quizform.js";

const form = element("quiz-run");
let quiz = null;
let drawn = "";

const mayAnswer = () => !isMine(quiz) && (!quiz.mine || quiz.changing) && !quiz.counts;
const mayChange = () => Boolean(quiz.changeable && quiz.mine) && !quiz.changing && !quiz.counts;

function choice(option, place) {
  const box = make("input", { type: "checkbox", name: "choice", value: String(place) });
  const chosen = (quiz.mine || []).includes(place);
  box.checked = chosen;
  if (mayAnswer()) return make("li", {}, make("label", {}, box, " " + option));
  return make("li", {}, option, make("span", { className: "role" }, chosen ? " your answer" : ""));
}

function result(option, place) {
  const row = choice(option, place);
  const right = quiz.correct.includes(place);
  row.classList.toggle("right", right);
  if (right) row.append(make("strong", {}, " ✓ right"));
  const bar = make("progress", { max: Math.max(1, quiz.answered), value: quiz.counts[place] });
  bar.setAttribute("aria-hidden", "true");
  row.append(make("div", { className: "count" }, bar, ` ${quiz.counts[place]} of ${quiz.answered}`));
  return row;
}

// The options are drawn anew only when they change their kind, so that a choice in the making stays.
function drawOptions() {
  const kind = [quiz.quiz_id, String(quiz.mine), Boolean(quiz.changing), Boolean(quiz.counts)].join();
  if (kind === drawn) return;
  drawn = kind;
  // A quiz without a question was put aloud.
  element("quiz-question").textContent = quiz.question || "Which is right?";
  element("quiz-options").replaceChildren(...quiz.options.map(quiz.counts ? result : choice));
  element("quiz-hint").textContent = "Choose one or more, and " + (quiz.changeable ? "change it while the quiz runs." : "answer once.");
  element("quiz-hint").hidden = !mayAnswer();
  element("quiz-change").hidden = !mayChange();
  element("quiz-answer").hidden = !mayAnswer();
  element("quiz-answer").disabled = false;
}

function draw() {
  const running = Boolean(quiz) && !quiz.counts;
  form.hidden = !quiz;
  element("no-quiz").hidden = Boolean(quiz);
  element("quiz-form").hidden = running || !room.may.moderate || !isLive();
  element("quiz-end").hidden = !running || !room.may.moderate;
  element("quiz-end").disabled = false;
  if (!quiz) return;
  drawOptions();
  const answers = quiz.answered === 1 ? "1 answer" : `${quiz.answered} answers`;
  element("quiz-count").textContent = quiz.counts ? `Ended with ${answers}.` : `${answers} so far.`;
}

on("welcome", (message) => {
  // The result of a quiz is told once: it stays until there is another one.
  if (message.quiz) quiz = { answered: 0, ...message.quiz };
  else if (quiz && !quiz.counts) quiz = null;
  draw();
  if (message.quiz) offer("quiz");
});
on("started", draw);
on("quiz", (message) => {
  if (quiz && quiz.quiz_id === message.quiz.quiz_id) return;
  quiz = { answered: 0, ...message.quiz };
  draw();
  if (isMine(quiz)) return resetForm();
  tell("Quiz: " + (quiz.question || quiz.options.join(", ")));
  return offer("quiz");
});
on("quiz_answered", (message) => {
  if (!quiz || quiz.quiz_id !== message.quiz_id) return;
  quiz.answered = Math.max(quiz.answered, message.answered);
  draw();
});
on("quiz_ended", (message) => {
  if (!quiz || quiz.quiz_id !== message.quiz_id || quiz.counts) return;
  Object.assign(quiz, { correct: message.correct, counts: message.counts, answered: message.answered });
  // The button that ended it, or the choice in the making, goes away: the focus stays in the panel.
  const focused = form.contains(document.activeElement);
  draw();
  if (focused) element("quiz-title").focus();
  const right = quiz.options.filter((_, place) => quiz.correct.includes(place));
  tell("The quiz ended. " + (right.length ? "Right: " + right.join(", ") : ""));
  offer("quiz");
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = quiz;
  const choices = [...form.querySelectorAll("input:checked")].map((box) => Number(box.value));
  if (!choices.length) {
    form.querySelector("input")?.focus();
    return;
  }
  const before = asked.mine;
  const undo = () => {
    asked.mine = before;
    asked.changing = Boolean(before);
    draw();
    for (const box of form.querySelectorAll("input")) box.checked = choices.includes(Number(box.value));
  };
  if (!attempt({ type: "answer", quiz_id: asked.quiz_id, choices }, undo)) return;
  asked.mine = choices;
  asked.changing = false;
  draw();
  element("quiz-title").focus();
});
element("quiz-change").addEventListener("click", () => {
  quiz.changing = true;
  draw();
  form.querySelector("input")?.focus();
});
element("quiz-end").addEventListener("click", () => {
  const again = () => { element("quiz-end").disabled = false; };
  element("quiz-end").disabled = attempt({ type: "end_quiz", quiz_id: quiz.quiz_id }, again);
});
