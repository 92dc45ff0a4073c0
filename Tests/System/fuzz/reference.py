"""What may be let in, as strictly as RFC 9112, 6455 and 8259 can be read: a parser of its own, in the plainest way.

The server may refuse more than this; whoever it lets in must pass here.
"""

import base64
import json
import re

TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
METHODS = {b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"}
# May stand in a head once.
SINGLES = (b"host", b"content-length", b"content-type", b"authorization", b"upgrade", b"sec-websocket-key", b"sec-websocket-version")
MAX_PLAIN, MAX_HANDSHAKE, MAX_MESSAGE = 8192, 16384, 4096


class Wrong(Exception):
    """Why it must not be let in."""


class Head:
    """A head that can be read in one way only."""

    def __init__(self, data):
        end = data.find(b"\r\n\r\n")
        if end < 0:
            raise Wrong("no end")
        self.size, self.rest = end + 4, data[end + 4:]
        lines = data[:end].split(b"\r\n")
        if any(byte < 32 and byte != 9 or byte == 127 for line in lines for byte in line):
            raise Wrong("a control character")
        words = lines[0].split(b" ")
        if len(words) != 3 or words[0] not in METHODS or words[2] not in (b"HTTP/1.1", b"HTTP/1.0"):
            raise Wrong("the request line")
        self.method, target, self.version = words
        self.fields = []
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not TOKEN.match(name):
                raise Wrong("a header's name")
            self.fields.append((name.lower(), value.strip(b" \t")))
        for name in SINGLES:
            if len(self.all(name)) > 1:
                raise Wrong(f"{name} twice")
        for name, value in self.fields:
            if not value and len(self.all(name)) > 1:
                raise Wrong("an empty header of a name that comes again")
        if self.all(b"transfer-encoding"):
            raise Wrong("chunks")
        if self.version == b"HTTP/1.1" and not self.one(b"host"):
            raise Wrong("no Host")
        length = self.one(b"content-length")
        if length is not None and not re.fullmatch(rb"\d{1,15}", length):
            raise Wrong("Content-Length")
        self.length = int(length or 0)
        self.path, self.query = self.read(target)
        # An upgrade that Connection does not name is none, and HTTP/1.0 has none.
        connection = {part.lower() for value in self.all(b"connection") for part in re.split(rb"[,\s]", value)}
        self.is_handshake = ((self.one(b"upgrade") or b"").lower() == b"websocket" and b"upgrade" in connection
                             and self.version == b"HTTP/1.1")
        # Whoever accepts events may be answered with a stream, whose connection is its own.
        self.is_stream = self.method == b"GET" and any(b"text/event-stream" in value.lower() for value in self.all(b"accept"))
        if self.size > (MAX_HANDSHAKE if self.is_handshake or self.is_stream else MAX_PLAIN):
            raise Wrong("too large")
        if not self.is_handshake and not self.is_stream and len(self.rest) > self.length:
            raise Wrong("more than one request")

    def all(self, name):
        return [value for other, value in self.fields if other == name]

    def one(self, name):
        return next(iter(self.all(name)), None)

    def read(self, target):
        if target == b"*" and self.method == b"OPTIONS":
            return target, b""
        path, _, query = target.partition(b"?")
        if absolute := re.match(rb"(?i)https?://([^/?]+)", target):
            path = path[absolute.end():] or b"/"
        if not path.startswith(b"/") or b"#" in target or b"%" in path or b"\\" in path:
            raise Wrong("the target")
        segments = path[1:].split(b"/")
        if b"" in segments[:-1] or b"." in segments or b".." in segments:
            raise Wrong("a path that is not canonical")
        return path, query


def may_upgrade(head):
    """Whether this may be answered with 101."""
    key = head.one(b"sec-websocket-key") or b""
    try:
        is_key = len(key) == 24 and len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        is_key = False
    return (head.method == b"GET" and head.path == b"/__skew/ws" and head.is_handshake
            and head.one(b"sec-websocket-version") == b"13" and is_key
            and head.one(b"content-length") is None)


def strict_json(data):
    """The value of a text in JSON; ValueError where it is none."""
    def refuse(word):
        raise ValueError(word)
    return json.loads(data.decode("utf-8"), parse_constant=refuse)


def is_ok_post(head, body):
    """Whether a POST may be answered with 200."""
    if not (head.one(b"content-type") or b"").lower().startswith(b"application/json"):
        return False
    try:
        return isinstance(strict_json(body), dict)
    except (ValueError, RecursionError):
        return False


def breaks_protocol(frames):
    """Whether a client that sends these (opcode, final, reserved bits, payload, masked) must be closed."""
    message, kind = None, None
    for opcode, final, reserved, payload, _ in frames:
        if reserved or opcode not in (0, 1, 2, 8, 9, 10):
            return True
        if opcode >= 8:
            if not final or len(payload) > 125:
                return True
            if opcode == 8:
                return True
            continue
        if (opcode == 0) != (message is not None):
            return True
        message, kind = (message or b"") + payload, kind if opcode == 0 else opcode
        if len(message) > MAX_MESSAGE:
            return True
        if final:
            if kind == 1:
                try:
                    message.decode("utf-8")
                except UnicodeDecodeError:
                    return True
            message, kind = None, None
    return False


def ends_whole(frames):
    """Whether no fragmented message is left open."""
    is_open = False
    for opcode, final, _, _, _ in frames:
        if opcode < 8:
            is_open = not final
    return not is_open
