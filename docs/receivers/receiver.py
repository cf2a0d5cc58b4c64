"""A receiver of Homeroom's pings, with Python's standard library alone: WEBHOOK_SECRET=whsec_… python receiver.py"""

import base64
import hashlib
import hmac
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
seen = set()  # a table with a unique key in real life: the ids outlive a restart there


def is_ours(headers, body):
    told_id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(time.time() - int(at)) > 300:
        return False
    right = hmac.new(KEY, f"{told_id}.{at}.".encode() + body, hashlib.sha256).digest()
    right = "v1," + base64.b64encode(right).decode()
    # Several signatures while a secret is changed; one that fits is enough.
    return any(hmac.compare_digest(right, one) for one in headers.get("webhook-signature", "").split(" "))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        good = is_ours(self.headers, body)
        if good and self.headers["webhook-id"] not in seen:
            print(body.decode(), flush=True)  # do your work, then remember the id, in one transaction
            seen.add(self.headers["webhook-id"])
        self.send_response(204 if good else 401)
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver).serve_forever()
