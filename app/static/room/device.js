// The check before entering: what this browser can do, and what is in the way.
import { element, make, page, show } from "./page.js";

const WAIT = 8000;

const CHECKS = [
  ["This browser can join live classes", () => "WebSocket" in window],
  ["The server answers", reachable],
  ["A live connection can be opened", connectable],
  ["This browser can remember you after a reload", storable],
];

async function reachable() {
  const answer = await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(WAIT) });
  return answer.ok;
}

// Opened and closed before a hello, so nobody sees a visit; a proxy that passes no WebSockets is found here.
function connectable() {
  const url = new URL(page.socket, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const done = (works) => { resolve(works); socket.onclose = null; socket.close(1000); };
    socket.onopen = () => done(true);
    socket.onclose = () => done(false);
    setTimeout(() => done(false), WAIT);
  });
}

function storable() {
  sessionStorage.setItem("homeroom.check", "1");
  sessionStorage.removeItem("homeroom.check");
  return true;
}

async function verdict(check) {
  try { return await check(); } catch { return false; }
}

function report(row, works, bad) {
  row.className = works ? "good" : "bad";
  row.querySelector(".verdict").textContent = works ? "yes" : bad;
}

async function run() {
  const rows = CHECKS.map(([name]) => make("li", {}, name + ": ", make("span", { className: "verdict" }, "…")));
  element("checks").replaceChildren(...rows);
  const found = await Promise.all(CHECKS.map(([, check]) => verdict(check)));
  found.forEach((works, place) => report(rows[place], works, "no"));
  element("check-result").textContent = found.slice(0, 3).every(Boolean)
    ? "Everything needed for the class works."
    : "Something is in the way. You may try all the same, or use another browser or network.";
}

// Asked for only on a press: the browser shows its own question then.
async function media() {
  const box = element("media-result");
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    stream.getTracks().forEach((track) => track.stop());
    box.textContent = "Microphone and camera work.";
  } catch (error) {
    box.textContent = error.name === "NotFoundError"
      ? "No microphone or camera was found. The class works without."
      : "This browser did not permit the microphone or camera. The class works without.";
  }
}

export function check(enter) {
  element("state").textContent = "Device check";
  show("check");
  element("media").hidden = !navigator.mediaDevices;
  element("media").addEventListener("click", media);
  element("continue").addEventListener("click", enter, { once: true });
  run();
}
