// The board: pages of lines. What you draw is in sight at once, and takes its place when the server tells it back.
import { attempt, on } from "./connection.js";
import { pressedTwice } from "./lesson.js";
import { element, isLive, isMine, room } from "./page.js";
import { offer } from "./panels.js";
import { extend, paint, pieces, wipe } from "./strokes.js";

const PAGES = 50;
const canvas = element("board");
let strokes = new Map();
let shown = 1;
// Sent and not yet told back, the oldest first.
let waiting = [];
let line = null;

const onPage = (stroke) => stroke.page === shown;
const mayDraw = () => isLive() && room.may.draw;

function count() {
  const lines = [...strokes.values()].filter(onPage).length;
  canvas.dataset.strokes = String(lines);
  canvas.setAttribute("aria-label", `Board, page ${shown}, ${lines} ${lines === 1 ? "line" : "lines"}`);
}

function draw() {
  wipe(canvas);
  for (const stroke of [...strokes.values(), ...waiting, ...(line ? [line] : [])]) {
    if (onPage(stroke)) paint(canvas, stroke);
  }
  count();
}

function drawTools() {
  element("tools").hidden = !mayDraw();
  canvas.classList.toggle("drawable", mayDraw());
  for (const id of ["page-back", "page-next", "page-clear"]) element(id).hidden = !room.may.moderate;
  element("page-back").disabled = shown <= 1;
  element("page-next").disabled = shown >= PAGES;
  element("page-shown").textContent = "Page " + shown;
}

function turn(page) {
  shown = page;
  draw();
  drawTools();
}

on("welcome", (message) => {
  const board = message.board || { page: 1, strokes: [] };
  strokes = new Map(board.strokes.map((stroke) => [stroke.stroke_id, stroke]));
  waiting = [];
  turn(board.page);
  if (board.strokes.length) offer("board");
});
on("started", drawTools);
on("drawn", ({ stroke }) => {
  if (strokes.has(stroke.stroke_id)) return;
  strokes.set(stroke.stroke_id, stroke);
  const same = (one) => one.page === stroke.page && String(one.points) === String(stroke.points);
  const place = isMine(stroke) ? waiting.findIndex(same) : -1;
  if (place >= 0) {
    waiting.splice(place, 1);
    return draw();
  }
  if (onPage(stroke)) paint(canvas, stroke);
  offer("board");
  return count();
});
on("board_cleared", (message) => {
  for (const stroke of strokes.values()) if (stroke.page === message.page) strokes.delete(stroke.stroke_id);
  draw();
});
on("page_turned", (message) => {
  turn(message.page);
  offer("board");
});

canvas.addEventListener("pointerdown", (event) => {
  if (!mayDraw() || line || !event.isPrimary || event.button !== 0) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  const color = document.querySelector("#tools input[name=color]:checked").value;
  line = { page: shown, color, width: Number(element("width").value), points: [] };
  extend(line, canvas, event);
});
canvas.addEventListener("pointermove", (event) => { if (line && event.isPrimary) extend(line, canvas, event); });

function finish(event) {
  if (!line || !event.isPrimary) return;
  const { points, ...how } = line;
  line = null;
  for (const part of pieces(points)) {
    const stroke = { ...how, points: part };
    const undo = () => { waiting = waiting.filter((one) => one !== stroke); draw(); };
    waiting.push(stroke);
    if (!attempt({ type: "draw", ...stroke }, undo)) undo();
  }
}
canvas.addEventListener("pointerup", finish);
canvas.addEventListener("pointercancel", finish);

element("page-back").addEventListener("click", () => attempt({ type: "turn_page", page: shown - 1 }));
element("page-next").addEventListener("click", () => attempt({ type: "turn_page", page: shown + 1 }));
pressedTwice(element("page-clear"), "Clear for everybody?", () => attempt({ type: "clear_board", page: shown }));
