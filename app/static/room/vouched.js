// The way in of somebody who has to be vouched for first: by the customer's server, or by a token in the page's address.
// Nothing is asked before the page's script runs.
import { goodbye } from "./door.js";
import { element, page, room } from "./page.js";

async function knock() {
  // What the address says goes to the door as it is: only the server knows the vendors' words.
  const body = Object.fromEntries([...new URLSearchParams(location.search)].filter(([, value]) => value));
  const answer = await fetch(page.door, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { let_in: answer.ok, told: await answer.json() };
}

// Sets where the room is; false when there is no way in, which the page then says.
export async function vouch() {
  element("state").textContent = "Asking to be let in…";
  try {
    const { let_in, told } = await knock();
    if (!let_in) {
      goodbye("You cannot enter", told.message || "This link names no class that you may enter.", true);
      return false;
    }
    page.socket = told.socket;
    page.title = told.title;
    page.back = told.return_url || "";
    if (told.only) page.only = told.only;
    room.name = told.name;
    return true;
  } catch {
    goodbye("You cannot enter", "The connection failed. Please try again.", true);
    return false;
  }
}
