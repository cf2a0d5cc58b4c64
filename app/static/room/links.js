// Links to material elsewhere, put before the class by whoever leads it, or by the customer's server.
import { attempt, on } from "./connection.js";
import { element, make, room, tell } from "./page.js";
import { allow, offer } from "./panels.js";

const form = element("link-form");
let links = new Map();

function opener(link) {
  let url;
  try { url = new URL(link.url); } catch { return ""; }
  if (!["http:", "https:"].includes(url.protocol)) return "";
  const made = make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, "Open");
  made.setAttribute("aria-label", `Open ${link.name} in a new tab`);
  return made;
}

function remover(link) {
  const made = make("button", { type: "button" }, "Remove");
  made.setAttribute("aria-label", `Remove ${link.name}`);
  made.addEventListener("click", () => {
    const message = { type: "remove_resource", resource_id: link.resource_id };
    made.disabled = attempt(message, () => { made.disabled = false; });
  });
  return made;
}

function draw() {
  const focused = element("links").contains(document.activeElement);
  element("links").replaceChildren(...[...links.values()].map((link) => make(
    "li", {}, make("span", { className: "text" }, link.name), opener(link), ...(room.may.moderate ? [remover(link)] : []),
  )));
  element("links-part").hidden = !links.size && !room.may.moderate;
  form.hidden = !room.may.moderate;
  if (links.size) allow("files", true);
  if (focused) element("files-title").focus();
}

on("welcome", (message) => {
  links = new Map((message.resources || []).map((link) => [link.resource_id, link]));
  draw();
});
on("resources_put", (message) => {
  for (const link of message.resources) links.set(link.resource_id, link);
  draw();
  tell(message.resources.map((link) => link.name).join(", ") + " was put before the class.");
  offer("files");
});
on("resources_removed", (message) => {
  for (const link of message.resources) links.delete(link.resource_id);
  draw();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const [name, url] = [element("link-name"), element("link-url")];
  const said = { name: name.value.trim(), url: url.value.trim() };
  const undo = () => { if (!name.value && !url.value) [name.value, url.value] = [said.name, said.url]; };
  if (!said.name || !said.url || !attempt({ type: "put_resource", ...said }, undo)) return;
  form.reset();
  name.focus();
});
