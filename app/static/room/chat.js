// The chat: what was said to all, and privately to you.
import { attempt, on } from "./connection.js";
import { audible } from "./groups.js";
import { element, isMine, make, room, tell } from "./page.js";
import { offer } from "./panels.js";

const known = new Set();
const GROUP = "group ";

function head(message) {
  const who = make("div", {}, make("span", { className: "who" }, isMine(message) ? "You" : message.name));
  if (message.to) {
    const reader = room.people.get(message.to);
    who.append(isMine(message) ? " privately to " + (reader ? reader.name : "somebody who left") : " privately to you");
  }
  if (message.group_id) {
    const group = room.groups.find((one) => one.group_id === message.group_id);
    who.append(" to " + (group ? group.name : "a group that is over"));
  }
  const at = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  who.append(make("time", { dateTime: message.at }, " " + at));
  return who;
}

function drawMessage(message) {
  if (known.has(message.message_id)) return;
  known.add(message.message_id);
  const row = make("li", {}, head(message), make("div", { className: "text" }, message.text));
  if (message.to) row.className = "private";
  const list = element("chat");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(row);
  element("empty").hidden = true;
  if (atEnd || isMine(message)) list.scrollTop = list.scrollHeight;
}

function drawReaders() {
  const to = element("to");
  const chosen = to.value;
  const others = [...room.people.values()].filter((person) => !isMine(person));
  to.replaceChildren(new Option("Everybody", ""), ...audible().map((one) => new Option(one.name, GROUP + one.group_id)), ...others.map((one) => new Option(one.name, one.participant_id)));
  // What was meant for one must not go to all because that one left.
  if (chosen && ![...to.options].some((option) => option.value === chosen)) to.add(new Option("(not there any more)", chosen));
  to.value = chosen;
}

// In a muted chat only those who lead the class speak; they see who else is silenced by the button.
function drawMuted() {
  const silenced = room.class.muted && !room.may.moderate;
  element("send").disabled = element("text").disabled = silenced;
  element("muted").hidden = !room.class.muted;
  const button = element("mute");
  button.hidden = !room.may.moderate;
  button.textContent = room.class.muted ? "Unmute chat" : "Mute chat";
}

on("welcome", (message) => {
  drawReaders();
  message.chat.forEach(drawMessage);
  drawMuted();
});
on("chat_muted", (message) => {
  room.class.muted = message.muted;
  drawMuted();
  tell(message.muted ? "The chat is muted." : "The chat is open.");
});
for (const type of ["joined", "left", "removed", "groups"]) on(type, drawReaders);
on("said", (message) => {
  drawMessage(message.message);
  offer("chat");
});
on("lost", () => { element("send").disabled = true; });

element("say-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const box = element("text");
  const text = box.value.trim();
  if (!text) return;
  const message = { type: "say", text };
  const reader = element("to").value;
  if (reader.startsWith(GROUP)) message.group = reader.slice(GROUP.length);
  else if (reader) message.to = reader;
  if (attempt(message, () => { if (!box.value) box.value = text; })) box.value = "";
  box.focus();
});

element("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    element("say-form").requestSubmit();
  }
});

element("mute").addEventListener("click", () => attempt({ type: "mute_chat", muted: !room.class.muted }));
