// Groups: a class is split for a while; each group talks by itself, and those who lead look into all.
import { attempt, on } from "./connection.js";
import { choice, offerFor } from "./manage.js";
import { element, make, room, tell } from "./page.js";
import { drawPeople, note } from "./people.js";

room.groups = [];
const groupOf = (who) => room.groups.find((group) => group.members.includes(who));
export const myGroup = () => room.you && groupOf(room.you.participant_id);

// Where somebody may be heard apart from all others: in the own group, and those who lead in each.
export const audible = () => (room.may.moderate ? room.groups : [myGroup()].filter(Boolean));

function drawGroups() {
  const mine = myGroup();
  element("my-group").hidden = !mine;
  element("my-group").textContent = mine ? "You are in " + mine.name + "." : "";
  element("groups-form").hidden = !room.may.moderate;
  element("groups-end").hidden = !room.groups.length;
  element("groups").replaceChildren(...room.groups.map((group) => {
    const there = group.members.map((who) => room.people.get(who)).filter(Boolean);
    return make("li", {}, group.name + ": " + (there.map((person) => person.name).join(", ") || "nobody here"));
  }));
  drawPeople();
}

function take(groups) {
  const before = myGroup();
  room.groups = groups;
  const now = myGroup();
  if (now && before?.group_id !== now.group_id) tell("You are in " + now.name + ".");
  if (before && !now) tell("You are back with all others.");
  drawGroups();
}

offerFor((person) => {
  const whom = { type: "assign", participant_id: person.participant_id };
  const now = groupOf(person.participant_id);
  const others = room.groups.filter((group) => group !== now);
  const moves = others.map((group) => choice("To " + group.name, () => attempt({ ...whom, group_id: group.group_id })));
  return now ? [...moves, choice("Out of " + now.name, () => attempt(whom))] : moves;
});

note((person) => {
  const group = groupOf(person.participant_id);
  return group ? [" · " + group.name, "in " + group.name] : null;
});

on("welcome", (message) => take(message.groups || []));
on("groups", (message) => take(message.groups));
for (const type of ["joined", "left", "removed"]) on(type, drawGroups);

element("groups-form").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt({ type: "split", groups: Number(element("groups-many").value) });
});
element("groups-end").addEventListener("click", () => attempt({ type: "dissolve_groups" }));
