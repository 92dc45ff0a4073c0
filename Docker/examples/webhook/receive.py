#!/usr/bin/env python3
"""A receiver of SkewWatch's webhooks: checks who sent them, passes over repeats, and prints a line for each.

Usage: WEBHOOK_SECRET=whsec_... receive.py [PORT]; give SkewWatch the same secret, and http://127.0.0.1:PORT/ as --webhook-url.
"""
import base64, hashlib, hmac, http.server, json, os, sys, time

SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
seen = {}


def is_signed(headers, body):
    name, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(time.time() - int(moment)) > 300:
        return False  # Old ones could be repeated by whoever has read them.
    code = hmac.new(SECRET, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(code).decode()
    return any(hmac.compare_digest(expected, each) for each in headers.get("webhook-signature", "").split(" "))


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 65536))
        good = is_signed(self.headers, body)
        self.send_response(204 if good else 401)
        self.end_headers()
        if not good or self.headers["webhook-id"] in seen:
            return
        seen[self.headers["webhook-id"]] = True
        event = json.loads(body)
        print(event["type"], event["text"], flush=True)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Receiver)
print("listening", server.server_port, flush=True)
server.serve_forever()
