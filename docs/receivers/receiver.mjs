// A receiver of Homeroom's pings, with Node alone: WEBHOOK_SECRET=whsec_… node receiver.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const seen = new Set(); // a table with a unique key in real life: the ids outlive a restart there

function isOurs(headers, body) {
  const id = headers["webhook-id"] || "";
  const at = headers["webhook-timestamp"] || "";
  if (!/^\d+$/.test(at) || Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
  const right = Buffer.from("v1," + createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest("base64"));
  // Several signatures while a secret is changed; one that fits is enough.
  return (headers["webhook-signature"] || "").split(" ").some((one) => {
    const shown = Buffer.from(one);
    return shown.length === right.length && timingSafeEqual(shown, right);
  });
}

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks); // the bytes as they came: JSON parsed and written again has other ones
  const good = isOurs(request.headers, body);
  if (good && !seen.has(request.headers["webhook-id"])) {
    console.log(body.toString()); // do your work, then remember the id, in one transaction
    seen.add(request.headers["webhook-id"]);
  }
  response.writeHead(good ? 204 : 401).end();
}).listen(Number(process.env.PORT || 9000), "127.0.0.1");
