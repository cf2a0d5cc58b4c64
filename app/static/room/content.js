// Files shared with the class, and those that whoever leads it may share.
import { attempt, on, send } from "./connection.js";
import { element, make, room, tell } from "./page.js";
import { allow, offer } from "./panels.js";

let shared = new Map();
let files = new Map();

const byId = (list) => new Map((list || []).map((file) => [file.file_id, file]));

function button(text, type, file) {
  const made = make("button", { type: "button" }, text);
  made.setAttribute("aria-label", `${text}: ${file.title}`);
  made.addEventListener("click", () => {
    made.disabled = attempt({ type, file_id: file.file_id }, () => { made.disabled = false; });
  });
  return made;
}

function opener(file) {
  const url = new URL(file.url, location.href);
  if (!["http:", "https:"].includes(url.protocol)) return "";
  const link = make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, "Open");
  link.setAttribute("aria-label", `Open ${file.title} in a new tab`);
  for (const way of ["click", "auxclick"]) link.addEventListener(way, () => send({ type: "open", file_id: file.file_id }));
  return link;
}

function row(file, ...actions) {
  return make("li", {}, make("span", { className: "text" }, file.title), ...actions);
}

function draw() {
  const focused = element("files-panel").contains(document.activeElement);
  const sharedRows = [...shared.values()].map((file) =>
    row(file, opener(file), ...(room.may.moderate ? [button("Stop sharing", "unshare", file)] : [])));
  const own = [...files.values()].filter((file) => !shared.has(file.file_id));
  element("shared").replaceChildren(...sharedRows);
  element("files").replaceChildren(...own.map((file) => row(file, button("Share", "share", file))));
  element("no-shared").hidden = shared.size > 0;
  element("own-files").hidden = !room.may.moderate || own.length === 0;
  if (focused) element("files-title").focus();
}

on("welcome", (message) => {
  shared = byId(message.shared);
  files = byId(message.files);
  allow("files", Boolean(message.shared || message.files || message.resources));
  draw();
});
on("shared", (message) => {
  const known = shared.has(message.file.file_id);
  shared.set(message.file.file_id, message.file);
  allow("files", true);
  draw();
  if (known) return;
  tell(message.file.title + " was shared.");
  offer("files");
});
on("unshared", (message) => {
  const file = shared.get(message.file_id);
  shared.delete(message.file_id);
  // Only what one may share is on the other list; that of others is gone.
  if (file) draw();
});
