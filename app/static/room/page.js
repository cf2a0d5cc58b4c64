// What the parts of the room page share: the elements, this tab's small storage, and the room as it was last told.
export const element = (id) => document.getElementById(id);
export const page = document.body.dataset;

export const keep = {
  // An iframe may be denied storage; the room then works without coming back as the same tab.
  get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem(key, value); } catch { /* see above */ } },
  drop(key) { try { sessionStorage.removeItem(key); } catch { /* see above */ } },
};
export const LINK_KEY = "homeroom.link " + page.socket;
export const NAME_KEY = "homeroom.name " + page.socket;

export const room = {
  you: null,
  class: null,
  may: { draw: false, moderate: false },
  people: new Map(),
  hands: [],
  name: keep.get(NAME_KEY) || page.name || "",
  over: false,
  endedBy: "",
  clockOffset: 0,
};

export const isLive = () => Boolean(room.class) && room.class.state === "live";
export const isMine = (thing) => Boolean(room.you) && thing.participant_id === room.you.participant_id;

export function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function show(which) {
  for (const id of ["check", "door", "inside", "goodbye"]) element(id).hidden = id !== which;
}

export function trouble(text) {
  const box = element("trouble");
  if (box.textContent !== text) box.textContent = text;
  box.hidden = !text;
}

// Said to screen readers, and seen by nobody: what it tells about is in sight already.
export function tell(text) {
  element("presence").textContent = text;
}
