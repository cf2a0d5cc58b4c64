// The player of a recording: reads what happened, then plays it on a timeline.
import { after, clockText, countBy, empty, leap, spoken, timed } from "./fold.js";
import * as draw from "./draw.js";

const element = (id) => document.getElementById(id);
const page = document.body.dataset;
const seconds = Number(page.seconds);
const startedAt = Date.parse(page.startedAt);
const STEP = 5;
const LONG_STEP = 60;
const LONGEST_FRAME = 0.25;

const timeline = element("timeline");
const play = element("play");
let events = [];
let state = empty();
let count = 0;
let time = 0;
let playing = false;
let lastFrame = 0;

const clock = (at) => clockText(at, seconds);

async function load() {
  const found = [];
  let next = 0;
  while (next !== undefined) {
    const answer = await fetch(`${page.events}&after=${next}`);
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    const body = await answer.json();
    found.push(...body.events);
    next = body.next;
    element("status").textContent = `Loading… ${found.length} events`;
  }
  return timed(found, startedAt, seconds);
}

// Panels of what never happens in this lesson only take room.
function hideUnused() {
  const happened = new Set(events.map((event) => event.kind));
  const panels = {
    stage: ["StrokeDrawn", "PageTurned"], asked: ["QuestionAsked"], tested: ["QuizStarted", "PollStarted"], content: ["ContentShared"],
  };
  for (const [id, wanted] of Object.entries(panels)) element(id).hidden = !wanted.some((kind) => happened.has(kind));
}

function show() {
  draw.drawPeople(state);
  draw.drawChat(state, clock);
  draw.drawQuestions(state);
  draw.drawQuizzes(state);
  draw.drawShared(state);
  draw.drawBoard(state);
  showTime();
}

function showTime() {
  draw.drawReactions(state, time);
  timeline.value = Math.floor(time);
  timeline.setAttribute("aria-valuetext", `${spoken(time)} of ${spoken(seconds)}`);
  element("now").textContent = clock(time);
}

function seek(to) {
  time = Math.min(Math.max(to, 0), seconds);
  count = countBy(events, time);
  state = after(empty(), events.slice(0, count));
  show();
}

function advance(to) {
  time = Math.min(to, seconds);
  const upTo = countBy(events, time);
  if (upTo > count) {
    state = after(state, events.slice(count, upTo));
    count = upTo;
    show();
  } else {
    showTime();
  }
}

function frame(now) {
  if (!playing) return;
  // A tab that was hidden gets no frames; it goes on where it was and does not race.
  const passed = Math.min((now - lastFrame) / 1000, LONGEST_FRAME) * Number(element("speed").value);
  lastFrame = now;
  advance((element("skip").checked ? leap(events, time, seconds) : time) + passed);
  if (time >= seconds) return setPlaying(false);
  requestAnimationFrame(frame);
}

function setPlaying(wanted) {
  if (wanted && time >= seconds) seek(0);
  playing = wanted && seconds > 0;
  play.textContent = playing ? "Pause" : "Play";
  element("status").textContent = playing ? "Playing" : time >= seconds ? "The end of the recording" : `Paused at ${clock(time)}`;
  if (playing) {
    lastFrame = performance.now();
    requestAnimationFrame(frame);
  }
}

const KEYS = {
  ArrowLeft: () => seek(time - STEP),
  ArrowRight: () => seek(time + STEP),
  PageDown: () => seek(time - LONG_STEP),
  PageUp: () => seek(time + LONG_STEP),
  Home: () => seek(0),
  End: () => seek(seconds),
  " ": () => setPlaying(!playing),
  k: () => setPlaying(!playing),
};

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const at = event.target;
  // A button has its own space, a choice its own arrows, and a list that scrolls its own everything.
  const own = at instanceof HTMLSelectElement || at.closest("[tabindex='0']") || (event.key === " " && at.matches("button, a, input[type=checkbox]"));
  if (own || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
}

async function begin() {
  element("began").textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" }).format(startedAt);
  element("began").dateTime = page.startedAt;
  timeline.max = seconds;
  element("total").textContent = clock(seconds);
  if (page.download) {
    element("download").href = page.download;
    element("download").hidden = false;
  }
  try {
    events = await load();
  } catch (error) {
    element("trouble").textContent = `The recording could not be loaded. ${error.message}`;
    element("trouble").hidden = false;
    element("status").textContent = "";
    return;
  }
  hideUnused();
  seek(0);
  for (const id of ["play", "timeline", "speed", "skip"]) element(id).disabled = false;
  element("status").textContent = "Ready";
  play.addEventListener("click", () => setPlaying(!playing));
  timeline.addEventListener("input", () => seek(Number(timeline.value)));
  document.addEventListener("keydown", onKey);
  document.body.dataset.ready = "true";
}

begin();
