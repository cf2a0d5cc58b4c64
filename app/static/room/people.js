// Who is in the room; those with a hand up come first, in the order of their hands.
import { attempt, on } from "./connection.js";
import { manager } from "./manage.js";
import { element, isMine, make, room, tell } from "./page.js";

const ROLES = { host: "Host", moderator: "Moderator", participant: "" };

function lowerer(person) {
  const button = make("button", { type: "button" }, "Lower");
  button.setAttribute("aria-label", "Lower the hand of " + person.name);
  button.addEventListener("click", () => attempt({ type: "lower_hand", participant_id: person.participant_id }));
  return button;
}

// What other parts show beside a name: `about` answers a text and what screen readers say for it, or null.
const notes = [];
export function note(about) {
  notes.push(about);
}

function mark(text, label) {
  const made = make("span", { className: "hand" }, text);
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", label);
  return made;
}

function row(person) {
  const item = make("li", {}, person.name + (isMine(person) ? " (you)" : ""));
  if (ROLES[person.role]) item.append(make("span", { className: "role" }, " " + ROLES[person.role]));
  for (const about of notes) {
    const said = about(person);
    if (said) item.append(mark(...said));
  }
  if (room.hands.includes(person.participant_id)) {
    item.prepend(mark("✋ ", "Hand raised"));
    if (room.may.moderate && !isMine(person)) item.append(" ", lowerer(person));
  }
  item.append(...manager(person, drawPeople));
  return item;
}

export function drawPeople() {
  const list = element("people");
  const focused = list.contains(document.activeElement);
  const managed = document.activeElement.dataset?.manages;
  const raised = room.hands.map((who) => room.people.get(who)).filter(Boolean);
  const others = [...room.people.values()].filter((person) => !raised.includes(person));
  list.replaceChildren(...[...raised, ...others].map(row));
  element("count").textContent = "(" + room.people.size + ")";
  // The next hand to lower, for whoever goes through them with the keyboard.
  const same = managed && list.querySelector(`[data-manages="${managed}"]`);
  if (same) same.focus();
  else if (focused) (list.querySelector("button") || element("people-title")).focus();
}

for (const type of ["welcome", "hand"]) on(type, drawPeople);
on("joined", (message) => {
  const known = room.people.has(message.person.participant_id);
  room.people.set(message.person.participant_id, message.person);
  drawPeople();
  if (!known) tell(message.person.name + " joined.");
});

function leave(message) {
  const person = room.people.get(message.participant_id);
  if (!person) return;
  room.people.delete(message.participant_id);
  drawPeople();
  tell(person.name + " left.");
}

on("left", leave);
on("removed", leave);
