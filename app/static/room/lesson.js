// The class itself: whether it is live, since when, and the buttons to start, end and leave it.
import { on, send } from "./connection.js";
import { goodbye } from "./door.js";
import { isJoint, isReady, seconds as countedSeconds } from "./joint.js";
import { element, isLive, room } from "./page.js";

const STATES = { scheduled: "Not started", live: "Live", ended: "Ended", completed: "Ended", expired: "Expired", cancelled: "Cancelled" };

function drawState() {
  const host = isJoint() || room.you.role === "host";
  const text = STATES[room.class.state] || room.class.state;
  if (element("state").textContent !== text) element("state").textContent = text;
  element("start").hidden = !host || isLive();
  element("end").hidden = !host || !isLive();
  element("start").disabled = Boolean(isReady());
  element("end").disabled = false;
  element("leave").hidden = false;
  drawElapsed();
}

function drawElapsed() {
  const since = isLive() && room.class.started_at ? Date.parse(room.class.started_at) : 0;
  element("elapsed").hidden = !since || room.over;
  if (!since) return;
  const now = Date.now() + room.clockOffset;
  const seconds = countedSeconds(now) ?? Math.max(0, Math.floor((now - since) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  element("elapsed").textContent = (hours ? hours + ":" : "") + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
}

// A dialog is not shown in a cross-origin frame, so the second press is the confirmation.
export function pressedTwice(button, question, action) {
  const usual = button.textContent;
  button.addEventListener("click", () => {
    if (button.dataset.sure) return action();
    button.dataset.sure = "yes";
    button.textContent = question;
    return setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = usual;
    }, 5000);
  });
}

on("welcome", (message) => {
  document.title = room.class.title;
  element("title").textContent = room.class.title;
  room.clockOffset = Date.parse(message.now) - Date.now();
  drawState();
});
on("started", (message) => {
  Object.assign(room.class, { state: "live", lesson_id: message.lesson_id, started_at: message.at });
  drawState();
});
on("ended", (message) => {
  room.endedBy = message.by;
  room.class.state = message.stays ? "ended" : "completed";
  drawState();
});
on("ready", drawState);
on("start_refused", drawState);
on("ack", (message) => { room.clockOffset = Date.parse(message.at) - Date.now(); });
on("refused", () => { if (room.class) drawState(); });
on("lost", () => { element("start").disabled = element("end").disabled = true; });

element("start").addEventListener("click", () => {
  if (send({ type: "start" })) element("start").disabled = true;
});
pressedTwice(element("end"), "End for everybody?", () => {
  if (send({ type: "end" })) element("end").disabled = true;
});
element("leave").addEventListener("click", () => {
  send({ type: "leave" });
  goodbye("You left the class", "You can come back as long as the class is open.", true, true);
});
setInterval(drawElapsed, 500);
