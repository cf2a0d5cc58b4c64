// Reactions, in sight for a moment with the name of who reacted.
import { attempt, on } from "./connection.js";
import { element, isMine, make } from "./page.js";

const SECONDS = 4;
const MOST = 6;

on("reacted", (message) => {
  const passing = element("passing");
  const shown = make("p", {}, message.reaction + " " + (isMine(message) ? "You" : message.name));
  passing.append(shown);
  while (passing.children.length > MOST) passing.firstChild.remove();
  setTimeout(() => shown.remove(), SECONDS * 1000);
});

for (const button of element("reactions").children) {
  button.addEventListener("click", () => attempt({ type: "react", reaction: button.dataset.reaction }));
}
