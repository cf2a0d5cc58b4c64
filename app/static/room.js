// The live room. It speaks the protocol of docs/room-protocol.md and keeps no state beyond this tab.
"use strict";

const element = (id) => document.getElementById(id);
const page = document.body.dataset;
const keep = {
  // An iframe may be denied storage; the room then works without coming back as the same tab.
  get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem(key, value); } catch { /* see above */ } },
  drop(key) { try { sessionStorage.removeItem(key); } catch { /* see above */ } },
};
const BEAT = 5000;
const SILENCE = 15000;
const LONGEST_WAIT = 15000;
const LINK_KEY = "homeroom.link " + page.socket;
const ROLES = { host: "Host", moderator: "Moderator", participant: "" };

let socket = null;
let you = null;
let room = null;
let people = new Map();
let messages = new Set();
let clockOffset = 0;
let failures = 0;
let retry = 0;
let lastHeard = 0;
let refusal = "";
let name = keep.get("homeroom.name " + page.socket) || page.name || "";
let over = false;
let refs = 0;
const unsent = new Map();

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A duplicated tab copies the session storage; the id is taken out while the page is open, so that the copy gets its own.
const tab = keep.get("homeroom.tab") || randomId();
keep.drop("homeroom.tab");
addEventListener("pagehide", () => keep.set("homeroom.tab", tab));

function show(which) {
  for (const id of ["door", "inside", "goodbye"]) element(id).hidden = id !== which;
}

function trouble(text) {
  const box = element("trouble");
  if (box.textContent !== text) box.textContent = text;
  box.hidden = !text;
}

function address() {
  const own = keep.get(LINK_KEY);
  const path = own ? page.socket.replace(/[^/]+\/socket$/, encodeURIComponent(own) + "/socket") : page.socket;
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

function connect() {
  clearTimeout(retry);
  refusal = "";
  const fresh = new WebSocket(address());
  socket = fresh;
  lastHeard = Date.now();
  fresh.onopen = () => {
    if (socket !== fresh) return;
    lastHeard = Date.now();
    const hello = { type: "hello", v: 1, tab };
    if (name) hello.name = name;
    fresh.send(JSON.stringify(hello));
  };
  fresh.onmessage = (event) => {
    if (socket !== fresh) return;
    lastHeard = Date.now();
    const message = JSON.parse(event.data);
    const handler = handlers[message.type];
    if (handler) handler(message);
  };
  fresh.onclose = (event) => { if (socket === fresh) closed(event.code); };
}

function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(message));
    return true;
  }
  return false;
}

function again() {
  trouble("The connection was lost. Trying to reconnect…");
  element("send").disabled = true;
  element("start").disabled = element("end").disabled = true;
  const wait = Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
  failures += 1;
  retry = setTimeout(connect, wait);
}

function closed(code) {
  socket = null;
  if (over) return;
  if (code === 4000) return goodbye("The class has ended", "Thank you for coming.", true);
  if (code === 4003) {
    if (keep.get(LINK_KEY) && !you) {
      // The guest's own link of an earlier visit is dead; the common link may still be good.
      keep.drop(LINK_KEY);
      return askName();
    }
    return goodbye("You cannot enter", refusal || "This class is closed.", false);
  }
  if (code === 4009) return goodbye("This class was opened elsewhere", "It goes on in another window.", true);
  if (code === 4010) return goodbye("You were removed from the class", "Your link is no longer valid.", false);
  if (code === 4001 || code === 1009) {
    if (!you && page.needsName === "true") return askName(refusal);
    return goodbye("Something went wrong", refusal || "The server did not understand this page.", true);
  }
  return again();
}

function goodbye(title, text, mayReturn) {
  over = true;
  clearTimeout(retry);
  trouble("");
  if (socket) socket.close(1000);
  for (const id of ["start", "end", "leave", "elapsed"]) element(id).hidden = true;
  element("state").textContent = title;
  element("goodbye-title").textContent = title;
  element("goodbye-text").textContent = text;
  element("again").hidden = !mayReturn;
  show("goodbye");
  element("goodbye").focus();
}

function askName(why) {
  trouble(why || "");
  element("state").textContent = "Waiting for your name";
  show("door");
  element("name").value = name;
  element("name").focus();
}

function drawState() {
  const live = room.state === "live";
  const host = you.role === "host";
  const states = { scheduled: "Not started", live: "Live", completed: "Ended", expired: "Expired", cancelled: "Cancelled" };
  const text = states[room.state] || room.state;
  if (element("state").textContent !== text) element("state").textContent = text;
  element("start").hidden = !host || live;
  element("end").hidden = !host || !live;
  element("start").disabled = element("end").disabled = false;
  element("leave").hidden = false;
  drawElapsed();
}

function drawElapsed() {
  const since = room && room.state === "live" && room.started_at ? Date.parse(room.started_at) : 0;
  element("elapsed").hidden = !since || over;
  if (!since) return;
  const seconds = Math.max(0, Math.floor((Date.now() + clockOffset - since) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  element("elapsed").textContent = (hours ? hours + ":" : "") + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
}

function label(person) {
  return person.name + (you && person.participant_id === you.participant_id ? " (you)" : "");
}

function drawPeople() {
  const rows = [...people.values()].map((person) => {
    const row = document.createElement("li");
    row.textContent = label(person);
    if (ROLES[person.role]) {
      const role = document.createElement("span");
      role.className = "role";
      role.textContent = " " + ROLES[person.role];
      row.append(role);
    }
    return row;
  });
  element("people").replaceChildren(...rows);
  element("count").textContent = "(" + people.size + ")";
  const to = element("to");
  const chosen = to.value;
  const others = [...people.values()].filter((person) => person.participant_id !== you.participant_id);
  to.replaceChildren(new Option("Everybody", ""), ...others.map((one) => new Option(one.name, one.participant_id)));
  if (chosen && !people.has(chosen)) {
    // What was meant for one must not go to all because that one left.
    const gone = new Option("(left the class)", chosen);
    to.add(gone);
  }
  to.value = chosen;
}

function drawMessage(message) {
  if (messages.has(message.message_id)) return;
  messages.add(message.message_id);
  const row = document.createElement("li");
  const head = document.createElement("div");
  const who = document.createElement("span");
  who.className = "who";
  const mine = message.participant_id === you.participant_id;
  who.textContent = mine ? "You" : message.name;
  head.append(who);
  if (message.to) {
    row.className = "private";
    const reader = people.get(message.to);
    head.append(mine ? " privately to " + (reader ? reader.name : "somebody who left") : " privately to you");
  }
  const at = document.createElement("time");
  at.dateTime = message.at;
  at.textContent = " " + new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  head.append(at);
  const text = document.createElement("div");
  text.className = "text";
  text.textContent = message.text;
  row.append(head, text);
  const list = element("chat");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(row);
  element("empty").hidden = true;
  if (atEnd || mine) list.scrollTop = list.scrollHeight;
}

function tell(text) {
  element("presence").textContent = text;
}

function restore(ref) {
  const lost = unsent.get(ref);
  unsent.delete(ref);
  if (lost && !element("text").value) element("text").value = lost;
}

const handlers = {
  welcome(message) {
    const first = !you;
    failures = 0;
    clockOffset = Date.parse(message.now) - Date.now();
    you = message.you;
    room = message.room;
    if (page.needsName === "true") keep.set(LINK_KEY, you.link);
    people = new Map(message.people.map((person) => [person.participant_id, person]));
    document.title = room.title;
    element("title").textContent = room.title;
    trouble("");
    show("inside");
    drawState();
    drawPeople();
    message.chat.forEach(drawMessage);
    element("send").disabled = false;
    if (first) element("text").focus({ preventScroll: true });
  },
  joined(message) {
    const known = people.has(message.person.participant_id);
    people.set(message.person.participant_id, message.person);
    drawPeople();
    if (!known) tell(message.person.name + " joined.");
  },
  left(message) {
    const person = people.get(message.participant_id);
    if (!person) return;
    people.delete(message.participant_id);
    drawPeople();
    tell(person.name + " left.");
  },
  removed(message) { handlers.left(message); },
  said(message) {
    drawMessage(message.message);
    if (message.message.participant_id === you.participant_id) unsent.clear();
  },
  started(message) {
    room.state = "live";
    room.lesson_id = message.lesson_id;
    room.started_at = message.at;
    drawState();
  },
  ended() { room.state = "completed"; drawState(); },
  closed(message) {
    const texts = { cancelled: "This class was cancelled.", expired: "The time of this class has passed." };
    refusal = texts[message.reason] || "This class does not exist any more.";
  },
  ack(message) { clockOffset = Date.parse(message.at) - Date.now(); },
  refused(message) {
    refusal = message.message;
    if (!you) return;
    restore(message.ref);
    trouble(message.message);
    setTimeout(() => { if (element("trouble").textContent === message.message) trouble(""); }, 6000);
    if (room) drawState();
  },
};

element("name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = element("name").value.trim();
  if (!given) return element("name").focus();
  name = given;
  keep.set("homeroom.name " + page.socket, name);
  element("state").textContent = "Connecting…";
  trouble("");
  element("door").hidden = true;
  connect();
});

element("say-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const box = element("text");
  const text = box.value.trim();
  if (!text) return;
  const ref = String(++refs);
  const message = { type: "say", text, ref };
  if (element("to").value) message.to = element("to").value;
  if (send(message)) {
    unsent.set(ref, text);
    box.value = "";
  }
  box.focus();
});

element("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    element("say-form").requestSubmit();
  }
});

element("start").addEventListener("click", () => {
  if (send({ type: "start" })) element("start").disabled = true;
});

element("end").addEventListener("click", () => {
  // A dialog is not shown in a cross-origin frame, so the second press is the confirmation.
  const button = element("end");
  if (button.dataset.sure) {
    if (send({ type: "end" })) button.disabled = true;
    return;
  }
  button.dataset.sure = "yes";
  button.textContent = "End for everybody?";
  setTimeout(() => {
    delete button.dataset.sure;
    button.textContent = "End class";
  }, 5000);
});

element("leave").addEventListener("click", () => {
  send({ type: "leave" });
  goodbye("You left the class", "You can come back as long as the class is open.", true);
});

element("again").addEventListener("click", () => location.reload());

setInterval(() => {
  if (!socket) return;
  if (Date.now() - lastHeard > SILENCE) {
    const dead = socket;
    socket = null;
    dead.close();
    again();
    return;
  }
  if (you) send({ type: "beat" });
}, BEAT);
setInterval(drawElapsed, 500);
addEventListener("online", () => { if (!socket && you && !over) connect(); });
// A page out of the back-forward cache has lost its socket.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  keep.drop("homeroom.tab");
  if (!over && you) connect();
});

if (page.needsName === "true" && !keep.get(LINK_KEY)) askName();
else connect();
