// Whoever is in the room is told, all the time, that what happens here is recorded.
import { on } from "./connection.js";
import { element, room } from "./page.js";

function draw() {
  const { recording, recorded } = room.class;
  let text = "";
  if (recording === "running") text = "This class is being recorded.";
  // What is recorded lesson by lesson goes on being so while the other recording pauses.
  else if (recorded) text = "This class is recorded.";
  else if (recording === "held") text = "The recording of this class is paused.";
  const box = element("recording");
  if (box.textContent !== text) box.textContent = text;
  box.classList.toggle("on", recording === "running" || recorded);
  box.hidden = !text || room.over;
}

on("welcome", draw);
on("edited", (message) => {
  room.class.recorded = message.recorded;
  draw();
});
on("recording", (message) => {
  room.class.recording = message.state;
  draw();
});
