// The stage: who is on it, the invitation to come up, and leaving it again.
import { attempt, on } from "./connection.js";
import { choice, offerFor } from "./manage.js";
import { element, isMine, room, tell } from "./page.js";
import { drawPeople, note } from "./people.js";

let up = [];
let invited = [];
const has = (list, person) => list.includes(person.participant_id);

function draw() {
  const mine = room.you;
  element("stage").hidden = !has(up, mine) && !has(invited, mine);
  element("stage-text").textContent = has(up, mine) ? "You are on the stage." : "You are invited on the stage.";
  element("stage-accept").hidden = has(up, mine);
  element("stage-leave").textContent = has(up, mine) ? "Leave the stage" : "Decline";
  drawPeople();
}

offerFor((person) => {
  const whom = { participant_id: person.participant_id };
  if (has(up, person)) return [choice("Take off stage", () => attempt({ type: "take_down", ...whom }))];
  if (room.hands.includes(person.participant_id)) return [choice("Bring on stage", () => attempt({ type: "call_up", ...whom }))];
  return [choice("Invite on stage", () => attempt({ type: "invite", ...whom }))];
});

note((person) => {
  if (has(up, person)) return [" 🎤", "On stage"];
  return has(invited, person) ? [" (invited)", "Invited on stage"] : null;
});

on("welcome", (message) => {
  up = message.stage || [];
  invited = message.invited || [];
  draw();
});
on("invited", (message) => {
  invited.push(message.participant_id);
  if (isMine(message)) tell("You are invited on the stage.");
  draw();
});
on("stage", (message) => {
  const moved = [...message.added, ...message.removed];
  invited = invited.filter((who) => !moved.includes(who));
  up = [...up.filter((who) => !moved.includes(who)), ...message.added];
  for (const person of message.added.map((who) => room.people.get(who)).filter(Boolean)) tell(person.name + " is on the stage.");
  draw();
});
on("left", (message) => {
  invited = invited.filter((who) => who !== message.participant_id);
});

element("stage-accept").addEventListener("click", () => attempt({ type: "stage", up: true }));
element("stage-leave").addEventListener("click", () => {
  invited = invited.filter((who) => who !== room.you.participant_id);
  if (attempt({ type: "stage", up: false })) draw();
});
