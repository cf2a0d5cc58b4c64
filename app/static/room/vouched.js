// The way in of somebody whom the customer's server has to vouch for first. Nothing is asked before the page's script runs.
import { goodbye } from "./door.js";
import { element, page, room } from "./page.js";

const wanted = new URLSearchParams(location.search);

function said(...names) {
  return names.map((name) => wanted.get(name)).find(Boolean);
}

async function knock() {
  const body = { token: said("token", "room_token"), user_id: said("user_id", "userid"), pub_key: said("pub_key") };
  const answer = await fetch(page.door, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { let_in: answer.ok, told: await answer.json() };
}

// Sets where the room is; false when there is no way in, which the page then says.
export async function vouch() {
  element("state").textContent = "Asking your school…";
  try {
    const { let_in, told } = await knock();
    if (!let_in) {
      goodbye("You cannot enter", told.message || "This link names no class that you may enter.", true);
      return false;
    }
    page.socket = told.socket;
    page.title = told.title;
    page.back = told.return_url;
    if (told.only) page.only = told.only;
    room.name = told.name;
    return true;
  } catch {
    goodbye("You cannot enter", "The connection failed. Please try again.", true);
    return false;
  }
}
