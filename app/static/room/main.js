// The live room. It speaks the protocol of docs/room-protocol.md and keeps no state beyond this tab.
// The order counts: the door takes in the welcome, and hands theirs, before the other parts draw it.
import { enter } from "./door.js";
import "./joint.js";
import "./lesson.js";
import "./recording.js";
import "./hands.js";
import "./expulsion.js";
import "./groups.js";
import "./rewards.js";
import "./stage.js";
import "./people.js";
import "./panels.js";
import "./chat.js";
import "./reactions.js";
import "./questions.js";
import "./board.js";
import "./quiz.js";
import "./poll.js";
import "./content.js";
import "./links.js";
import { check } from "./device.js";
import { vouch } from "./vouched.js";
import { keep, page } from "./page.js";

// Whoever comes back after a reload has passed the check.
const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
const passed = reloaded && keep.get("homeroom.checked");
if (page.check === "true" && !passed) check(() => { keep.set("homeroom.checked", "yes"); enter(); });
else if (page.door) vouch().then((letIn) => letIn && enter());
else enter();
