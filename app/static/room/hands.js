// Raised hands, in the order in which they went up.
import { attempt, on } from "./connection.js";
import { element, isMine, room, tell } from "./page.js";

const button = element("hand");
const isUp = () => room.hands.includes(room.you.participant_id);

function draw() {
  const text = isUp() ? "Lower hand" : "Raise hand";
  if (button.textContent !== text) button.textContent = text;
  button.disabled = false;
}

on("welcome", (message) => {
  room.hands = message.hands || [];
  draw();
});
on("hand", (message) => {
  const who = message.participant_id;
  const before = room.hands.includes(who);
  if (message.up && !before) room.hands.push(who);
  if (!message.up) room.hands = room.hands.filter((one) => one !== who);
  draw();
  const person = room.people.get(who);
  if (isMine(message)) tell(message.up ? "Your hand is up." : "Your hand is down.");
  else if (person && message.up && !before) tell(person.name + " raised a hand.");
});

button.addEventListener("click", () => {
  button.disabled = attempt({ type: "hand", up: !isUp() }, draw);
});
