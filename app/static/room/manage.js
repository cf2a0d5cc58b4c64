// What whoever leads the class may do with one person: a button beside the name opens the choices.
import { make, room } from "./page.js";

const offers = [];
let shown = "";

// `offer` gets a person and answers the buttons that it has for that person.
export function offerFor(offer) {
  offers.push(offer);
}

export function choice(text, action) {
  const button = make("button", { type: "button" }, text);
  button.addEventListener("click", action);
  return button;
}

const mayManage = (person) => room.may.moderate && person.participant_id !== room.you.participant_id;

// The button and, where it was pressed, the choices; `redraw` draws the list of people again.
export function manager(person, redraw) {
  const choices = mayManage(person) ? offers.flatMap((offer) => offer(person)) : [];
  if (!choices.length) return [];
  const isOpen = shown === person.participant_id;
  const button = choice("Manage", () => {
    shown = isOpen ? "" : person.participant_id;
    redraw();
  });
  button.setAttribute("aria-label", "Manage " + person.name);
  button.setAttribute("aria-expanded", String(isOpen));
  button.dataset.manages = person.participant_id;
  if (!isOpen) return [" ", button];
  const box = make("div", { className: "choices" }, ...choices);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "For " + person.name);
  return [" ", button, box];
}
