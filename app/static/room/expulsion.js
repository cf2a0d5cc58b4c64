// Putting somebody out: for now, for ten minutes, or for good.
import { attempt } from "./connection.js";
import { choice, offerFor } from "./manage.js";
import { room } from "./page.js";

const RANK = { participant: 0, moderator: 1, host: 2 };
const TEN_MINUTES = 600;

offerFor((person) => {
  if (RANK[person.role] >= RANK[room.you.role]) return [];
  const whom = { participant_id: person.participant_id };
  return [
    choice("Put out", () => attempt({ type: "put_out", ...whom })),
    choice("Put out for ten minutes", () => attempt({ type: "ban", seconds: TEN_MINUTES, ...whom })),
    choice("Put out for good", () => attempt({ type: "ban", ...whom })),
  ];
});
