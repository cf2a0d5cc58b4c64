// The socket: it says hello, keeps the beat, comes back when it is lost, and hands each message to who asked for it.
import { LINK_KEY, element, keep, page, room, trouble } from "./page.js";

const BEAT = 5000;
const SILENCE = 15000;
const LONGEST_WAIT = 15000;
const MOST_UNDONE = 200;

const handlers = new Map();
const undos = new Map();
let socket = null;
let failures = 0;
let retry = 0;
let lastHeard = 0;
let refs = 0;
let refusal = "";
let refusalCode = "";
let onClosed = () => false;

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A duplicated tab copies the session storage; the id is taken out while the page is open, so that the copy gets its own.
const tab = keep.get("homeroom.tab") || randomId();
keep.drop("homeroom.tab");
addEventListener("pagehide", () => keep.set("homeroom.tab", tab));

// Several parts may listen to one type of message; they hear it in the order in which they asked. Other types are ignored.
export function on(type, handler) {
  handlers.set(type, [...(handlers.get(type) || []), handler]);
}

// `handler` gets the close code, the last refusal and its code; it answers whether that was final.
export function whenClosed(handler) {
  onClosed = handler;
}

function hear(message) {
  for (const handler of handlers.get(message.type) || []) handler(message);
}

function address() {
  const own = keep.get(LINK_KEY);
  const path = own ? page.socket.replace(/[^/]+\/socket$/, encodeURIComponent(own) + "/socket") : page.socket;
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

export function connect() {
  clearTimeout(retry);
  refusal = refusalCode = "";
  const fresh = new WebSocket(address());
  socket = fresh;
  lastHeard = Date.now();
  fresh.onopen = () => {
    if (socket !== fresh) return;
    lastHeard = Date.now();
    const hello = { type: "hello", v: 1, tab };
    if (room.name) hello.name = room.name;
    fresh.send(JSON.stringify(hello));
  };
  fresh.onmessage = (event) => {
    if (socket !== fresh) return;
    lastHeard = Date.now();
    hear(JSON.parse(event.data));
  };
  fresh.onclose = (event) => {
    if (socket !== fresh) return;
    socket = null;
    if (!room.over && !onClosed(event.code, refusal, refusalCode)) again();
  };
}

export function send(message) {
  if (!socket || socket.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(message));
  return true;
}

// Sends what may be refused; `undo` then brings back what was typed or drawn.
export function attempt(message, undo = () => {}) {
  const ref = String(++refs);
  if (!send({ ...message, ref })) return false;
  undos.set(ref, undo);
  if (undos.size > MOST_UNDONE) undos.delete(undos.keys().next().value);
  return true;
}

export function hangUp() {
  clearTimeout(retry);
  if (socket) socket.close(1000);
}

function again() {
  trouble("The connection was lost. Trying to reconnect…");
  hear({ type: "lost" });
  const wait = Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
  failures += 1;
  retry = setTimeout(connect, wait);
}

on("welcome", () => {
  failures = 0;
  undos.clear();
  trouble("");
});

on("closed", (message) => {
  const texts = { cancelled: "This class was cancelled.", expired: "The time of this class has passed." };
  refusal = texts[message.reason] || "This class does not exist any more.";
});

on("refused", (message) => {
  refusal = message.message;
  refusalCode = message.code;
  if (!room.you) return;
  const undo = undos.get(message.ref);
  undos.delete(message.ref);
  if (undo) undo();
  trouble(message.message);
  setTimeout(() => { if (element("trouble").textContent === message.message) trouble(""); }, 6000);
});

setInterval(() => {
  if (!socket) return;
  if (Date.now() - lastHeard > SILENCE) {
    const dead = socket;
    socket = null;
    dead.close();
    again();
    return;
  }
  if (room.you) send({ type: "beat" });
}, BEAT);
addEventListener("online", () => { if (!socket && room.you && !room.over) connect(); });
// A page out of the back-forward cache has lost its socket.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  keep.drop("homeroom.tab");
  if (!room.over && room.you) connect();
});
