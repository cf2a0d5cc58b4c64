// The ways in and out: the name of a guest, the welcome, and what is said to whoever is not in the room any more.
import { connect, hangUp, on, whenClosed } from "./connection.js";
import { LINK_KEY, NAME_KEY, element, keep, page, room, show, trouble } from "./page.js";
import { offerReturn } from "./returning.js";

export function enter() {
  if (page.needsName === "true" && !keep.get(LINK_KEY)) return askName();
  show("");
  element("state").textContent = "Connecting…";
  return connect();
}

function askName(why = "") {
  trouble(why);
  element("state").textContent = "Waiting for your name";
  show("door");
  element("name").value = room.name;
  element("name").focus();
}

export function goodbye(title, text, mayReturn, isDone = false) {
  room.over = true;
  trouble("");
  hangUp();
  for (const id of ["start", "end", "leave", "elapsed"]) element(id).hidden = true;
  element("state").textContent = title;
  element("goodbye-title").textContent = title;
  element("goodbye-text").textContent = text;
  element("again").hidden = !mayReturn;
  offerReturn(isDone);
  show("goodbye");
  element("goodbye").focus();
}

function refusedEntry(refusal, code) {
  if (keep.get(LINK_KEY) && !room.you && code !== "banned") {
    // The guest's own link of an earlier visit is dead; the common link may still be good.
    keep.drop(LINK_KEY);
    return askName();
  }
  return goodbye("You cannot enter", refusal || "This class is closed.", false);
}

function notUnderstood(refusal) {
  if (!room.you && page.needsName === "true") return askName(refusal);
  return goodbye("Something went wrong", refusal || "The server did not understand this page.", true);
}

let barred = null;
on("put_out", (message) => { if (room.you && message.participant_id === room.you.participant_id) barred = message; });

function putOut() {
  if (!barred || !barred.barred) return goodbye("You were put out of the class", "You may come back.", true);
  const time = barred.until && new Date(barred.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return goodbye("You were put out of the class", time ? "You may come back after " + time + "." : "You cannot come back.", false);
}

const FINAL = {
  1009: notUnderstood,
  // A class that crashed may be started again, so nobody is taken away from it.
  4000: () => goodbye("The class has ended", "Thank you for coming.", true, room.endedBy !== "crash"),
  4001: notUnderstood,
  4003: refusedEntry,
  4009: () => goodbye("This class was opened elsewhere", "It goes on in another window.", true),
  4010: () => goodbye("You were removed from the class", "Your link is no longer valid.", false),
  4011: putOut,
};

whenClosed((code, refusal, refusalCode) => {
  const final = FINAL[code];
  if (final) final(refusal, refusalCode);
  return Boolean(final);
});

on("welcome", (message) => {
  const first = !room.you;
  Object.assign(room, { you: message.you, class: message.room, may: message.may || room.may });
  room.people = new Map(message.people.map((person) => [person.participant_id, person]));
  if (page.needsName === "true") keep.set(LINK_KEY, room.you.link);
  show("inside");
  if (first) element("text").focus({ preventScroll: true });
});

element("name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = element("name").value.trim();
  if (!given) return element("name").focus();
  room.name = given;
  keep.set(NAME_KEY, given);
  element("state").textContent = "Connecting…";
  trouble("");
  element("door").hidden = true;
  return connect();
});

element("again").addEventListener("click", () => location.reload());
