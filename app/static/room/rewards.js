// Rewards: a number of stars beside each name; those who lead the class give them.
import { attempt, on } from "./connection.js";
import { choice, offerFor } from "./manage.js";
import { isMine, room, tell } from "./page.js";
import { drawPeople, note } from "./people.js";

offerFor((person) => {
  const whom = { type: "reward", participant_id: person.participant_id };
  const give = choice("Give a star", () => attempt(whom));
  return person.rewards ? [give, choice("Take a star back", () => attempt({ ...whom, change: -1 }))] : [give];
});

note((person) => person.rewards ? [" ⭐ " + person.rewards, person.rewards === 1 ? "One star" : person.rewards + " stars"] : null);

on("rewarded", (message) => {
  for (const change of message.rewards) {
    const person = room.people.get(change.participant_id);
    if (!person) continue;
    person.rewards = change.total;
    if (isMine(change)) tell(change.changed > 0 ? "You got a star." : "A star was taken back.");
    else if (change.changed > 0) tell(person.name + " got a star.");
  }
  drawPeople();
});
