// A class that both sides start: who is ready, a clock that runs while both are there, and the minute to come back.
import { on } from "./connection.js";
import { element, room } from "./page.js";

const REJOIN = 60;
let clock = null;
let lostAt = 0;

export const isJoint = () => clock !== null;

// The seconds that the class has lasted so far; null before it began.
export function seconds(now) {
  if (!clock) return null;
  const running = clock.running_since ? Math.floor((now - Date.parse(clock.running_since)) / 1000) : 0;
  return clock.seconds + Math.max(0, running);
}

export const isReady = () => clock?.ready.includes(room.you.participant_id);

function draw() {
  const box = element("joint");
  let text = "";
  if (clock && room.class.state !== "live" && clock.ready.length) {
    text = isReady() ? "Waiting for the other side to press Start class." : "The other side is ready: press Start class.";
  }
  if (clock && lostAt) {
    const left = Math.max(0, REJOIN - Math.floor((Date.now() + room.clockOffset - lostAt) / 1000));
    text = `The other side is gone. The class ends in ${left} seconds unless they come back.`;
  }
  if (box.textContent !== text) box.textContent = text;
  box.hidden = !text;
}

on("welcome", (message) => {
  clock = message.room.joint || null;
  lostAt = clock?.interrupted_at ? Date.parse(clock.interrupted_at) : 0;
  draw();
});
on("ready", (message) => {
  if (clock && !clock.ready.includes(message.participant_id)) clock.ready.push(message.participant_id);
  draw();
});
on("left", (message) => {
  if (clock) clock.ready = clock.ready.filter((one) => one !== message.participant_id);
  draw();
});
on("start_refused", (message) => {
  clock.ready = [];
  draw();
  element("joint").textContent = message.message;
  element("joint").hidden = false;
});
on("started", (message) => {
  if (!clock) return;
  clock = { ready: [], seconds: 0, running_since: message.at };
  draw();
});
on("interrupted", (message) => {
  clock.seconds += message.seconds;
  delete clock.running_since;
  lostAt = Date.parse(message.at);
  draw();
});
on("resumed", (message) => {
  clock.running_since = message.at;
  lostAt = 0;
  draw();
});
on("ended", () => { lostAt = 0; });
setInterval(() => { if (lostAt) draw(); }, 500);
