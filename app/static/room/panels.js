// Which panel is in sight. On a wide screen the chat stays beside whatever else is open.
import { on } from "./connection.js";
import { element, isLive, page } from "./page.js";

const wide = matchMedia("(min-width: 60rem)");
const inside = element("inside");
const tabs = [...element("tabs").children];
let begun = false;
// Whoever has chosen a panel keeps it.
let chosen = false;

const inSight = (name) => inside.dataset.panel === name || (name === "chat" && wide.matches);

function mark(tab, isNew) {
  tab.querySelector(".new").hidden = !isNew;
}

export function open(wanted) {
  // A class may be for one thing only.
  const name = page.only || wanted;
  inside.dataset.panel = name;
  for (const panel of inside.querySelectorAll(".panel")) panel.classList.toggle("open", panel.dataset.name === name);
  for (const tab of tabs) {
    tab.setAttribute("aria-pressed", String(tab.dataset.panel === name));
    if (inSight(tab.dataset.panel)) mark(tab, false);
  }
}

// Something new is there. It comes into sight by itself only where it takes nothing away.
export function offer(name) {
  if (inSight(name)) return;
  if (!chosen && wide.matches && inside.dataset.panel === "chat") return open(name);
  return mark(tabs.find((tab) => tab.dataset.panel === name), true);
}

export function allow(name, allowed) {
  tabs.find((tab) => tab.dataset.panel === name).hidden = !allowed;
  if (!allowed && inside.dataset.panel === name) open("chat");
}

function draw() {
  element("bar").hidden = !isLive() || Boolean(page.only);
  if (!isLive()) return open("chat");
  if (!begun && page.layout === "whiteboard") open("board");
  begun = true;
  return undefined;
}

for (const type of ["welcome", "started", "ended"]) on(type, draw);
for (const tab of tabs) {
  tab.addEventListener("click", () => {
    chosen = true;
    open(tab.dataset.panel);
  });
}
document.querySelector(".skip").addEventListener("click", () => { if (!inSight("chat")) open("chat"); });
wide.addEventListener("change", () => open(inside.dataset.panel));
