// Who is in the room.
import { on } from "./connection.js";
import { element, isMine, make, room, tell } from "./page.js";

const ROLES = { host: "Host", moderator: "Moderator", participant: "" };

function row(person) {
  const item = make("li", {}, person.name + (isMine(person) ? " (you)" : ""));
  if (ROLES[person.role]) item.append(make("span", { className: "role" }, " " + ROLES[person.role]));
  return item;
}

export function drawPeople() {
  element("people").replaceChildren(...[...room.people.values()].map(row));
  element("count").textContent = "(" + room.people.size + ")";
}

on("welcome", drawPeople);
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
