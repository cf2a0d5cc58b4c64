// The poll: each takes part once, and its counts are seen by all as they grow.
import { attempt, on } from "./connection.js";
import { element, isLive, isMine, make, room, tell } from "./page.js";
import { offer } from "./panels.js";
import { resetForm } from "./pollform.js";

const form = element("poll-run");
let poll = null;
let drawn = "";

const mayAnswer = () => !isMine(poll) && !poll.mine && !poll.ended;

function row(option, place) {
  const bar = make("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-hidden", "true");
  const count = make("div", { className: "count" }, bar, make("span"));
  if (mayAnswer()) {
    const type = poll.multiple ? "checkbox" : "radio";
    return make("li", {}, make("label", {}, make("input", { type, name: "opinion", value: String(place) }), " " + option), count);
  }
  const mine = (poll.mine || []).includes(place);
  return make("li", {}, option, make("span", { className: "role" }, mine ? " your choice" : ""), count);
}

function drawCounts() {
  [...element("poll-options").children].forEach((one, place) => {
    const bar = one.querySelector("progress");
    bar.max = Math.max(1, poll.answered);
    bar.value = poll.counts[place];
    one.querySelector(".count span").textContent = ` ${poll.counts[place]} of ${poll.answered}`;
  });
}

// The options are drawn anew only when they change their kind, so that a choice in the making stays.
function drawOptions() {
  const kind = [poll.poll_id, String(poll.mine), Boolean(poll.ended)].join();
  if (kind === drawn) return;
  drawn = kind;
  element("poll-question").textContent = poll.question || "What do you think?";
  element("poll-options").replaceChildren(...poll.options.map(row));
  element("poll-hint").textContent = poll.multiple ? "Choose one or more." : "Choose one.";
  element("poll-hint").hidden = !mayAnswer();
  element("poll-answer").hidden = !mayAnswer();
}

function draw() {
  const running = Boolean(poll) && !poll.ended;
  form.hidden = !poll;
  element("no-poll").hidden = Boolean(poll);
  element("poll-form").hidden = running || !room.may.moderate || !isLive();
  element("poll-end").hidden = !running || !room.may.moderate;
  element("poll-end").disabled = false;
  if (!poll) return;
  drawOptions();
  drawCounts();
  const people = poll.answered === 1 ? "1 person" : `${poll.answered} people`;
  element("poll-count").textContent = poll.ended ? `Ended: ${people} took part.` : `${people} so far.`;
}

const begun = (told) => ({ answered: 0, counts: told.options.map(() => 0), ...told });

function counted(message) {
  // Told in order, and the welcome may know more already.
  if (message.answered >= poll.answered) Object.assign(poll, { counts: message.counts, answered: message.answered });
}

on("welcome", (message) => {
  // The result of a poll is told once: it stays until there is another one.
  if (message.poll) poll = begun(message.poll);
  else if (poll && !poll.ended) poll = null;
  draw();
  if (message.poll) offer("poll");
});
on("started", draw);
on("poll", (message) => {
  if (poll && poll.poll_id === message.poll.poll_id) return;
  poll = begun(message.poll);
  draw();
  if (isMine(poll)) return resetForm();
  tell("Poll: " + (poll.question || poll.options.join(", ")));
  return offer("poll");
});
on("poll_answered", (message) => {
  if (!poll || poll.poll_id !== message.poll_id) return;
  counted(message);
  draw();
});
on("poll_ended", (message) => {
  if (!poll || poll.poll_id !== message.poll_id || poll.ended) return;
  counted(message);
  poll.ended = true;
  // The button that ended it, or the choice in the making, goes away: the focus stays in the panel.
  const focused = form.contains(document.activeElement);
  draw();
  if (focused) element("poll-title").focus();
  tell("The poll ended.");
  offer("poll");
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = poll;
  const choices = [...form.querySelectorAll("input:checked")].map((box) => Number(box.value));
  if (!choices.length) {
    form.querySelector("input")?.focus();
    return;
  }
  const undo = () => {
    delete asked.mine;
    draw();
    for (const box of form.querySelectorAll("input")) box.checked = choices.includes(Number(box.value));
  };
  if (!attempt({ type: "answer_poll", poll_id: asked.poll_id, choices }, undo)) return;
  asked.mine = choices;
  draw();
  element("poll-title").focus();
});
element("poll-end").addEventListener("click", () => {
  const again = () => { element("poll-end").disabled = false; };
  element("poll-end").disabled = attempt({ type: "end_poll", poll_id: poll.poll_id }, again);
});
