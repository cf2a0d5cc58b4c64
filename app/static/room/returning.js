// The way back to the customer's own site, where it named one: a link, and after leaving or the end also by itself.
import { element, page } from "./page.js";

const PAUSE = 5000;
let going = 0;

// `goes`: the person is done here, so that nobody has to press anything.
export function offerReturn(goes) {
  if (!page.back) return;
  element("back").href = page.back;
  element("back").hidden = false;
  if (!goes) return;
  element("goodbye-text").textContent += " You are taken back in a moment.";
  going = setTimeout(() => location.assign(page.back), PAUSE);
}

// Whoever does something else here stays.
element("goodbye").addEventListener("pointerdown", () => clearTimeout(going));
element("goodbye").addEventListener("keydown", () => clearTimeout(going));
