"""Seeded inputs: good ones, and what random damage makes of them."""

import contextlib
import json
import ssl
import struct

TOKEN = "the-right-token-of-thirty-two-letters"
PIECES = [
    b"GET ", b"POST ", b"OPTIONS ", b"CONNECT ", b"/", b"//", b"/..", b"/.", b"*", b"http://127.0.0.1", b"?v=1", b"&y", b"%41", b"%00", b"#",
    b" ", b"\t", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"\r\n", b"\n", b"\r", b"\0", b":", b"Host: 127.0.0.1", b"Host:", b"Host: evil",
    b"Content-Length: 3", b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Transfer-Encoding: chunked", b"Upgrade: websocket",
    b"Upgrade: h2c", b"Accept: text/event-stream", b"Cookie: a=1", b"Cookie:", b"X: 1", b"Put: 1", b"Con: 1", b"Uri-Args: 1",
    b"Authorization: Bearer x", b" folded", b"\xc3\xa9", b"\xff", b"\x7f", b"\r\n\r\n", b"0\r\n\r\n", b",", b"A" * 4000,
    b"Sec-WebSocket-Version: 8", b"Sec-WebSocket-Key: short", b"Connection: close", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]
WEBSOCKET = (b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")


def request(method, path, *lines, body=b""):
    lines = (f"{method} {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", *lines)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def post(path, body, *lines):
    return request("POST", path, b"Content-Type: application/json", b"Content-Length: %d" % len(body), *lines, body=body)


def handshake(query=""):
    return request("GET", f"/__skew/ws{query}", WEBSOCKET.rstrip())


GOOD_HEADS = [
    handshake(), handshake("?v=fuzz&route=/a"), request("GET", "/__skew/health"), request("GET", "/__skew/dashboard"),
    request("HEAD", "/__skew/client.js"), request("OPTIONS", "*"), request("OPTIONS", "/__skew/route"),
    request("GET", "http://127.0.0.1/__skew/health"), request("GET", "/__skew/sse?v=fuzz", b"Accept: text/event-stream"),
    request("GET", "/__skew/health", b"Cookie: a=1", b"Cookie: b=2"), request("GET", "/__skew/admin/stats"),
    post("/__skew/route", b'{"connectionId":"x","route":"/"}'), request("GET", "/nowhere"),
]
GOOD_BODIES = [
    {"connectionId": "x", "route": "/a"}, {"connectionId": "x.y"}, {"connectionId": "x", "token": "t", "mode": "delta"},
    {"connectionId": "é\u202e", "route": "/" + "r" * 300}, {"a": [1, 2.5e3, None, True, {"b": "\\u0000"}]},
]


def damage(data, dice, pieces=PIECES, most=3):
    data = bytearray(data)
    for _ in range(dice.randint(0, most)):
        at = dice.randint(0, len(data))
        match dice.randrange(5):
            case 0:
                data[at:at] = dice.choice(pieces)
            case 1:
                del data[at:at + dice.randint(1, 6)]
            case 2 if at < len(data):
                data[at] = dice.randrange(256)
            case 3:
                ends = [i + 2 for i in range(len(data) - 1) if data[i:i + 2] == b"\r\n"] or [at]
                at = dice.choice(ends)
                data[at:at] = dice.choice(pieces) + b"\r\n"
            case _:
                data = data[:at] + (data[at:] if dice.random() < 0.7 else b"")
    return bytes(data)


def body(dice):
    pieces = [b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u", b"\\ud800", b",", b":", b"nul", b"1e999", b"-", b"NaN", b"\xff", b"\0", b"[" * 3000]
    text = json.dumps(dice.choice(GOOD_BODIES), ensure_ascii=dice.random() < 0.5).encode()
    return damage(text, dice, pieces)


def token(dice):
    """The right one or one that is near it."""
    text = TOKEN
    match dice.randrange(8):
        case 0:
            return text
        case 1:
            return text[:dice.randrange(len(text))]
        case 2:
            return text + dice.choice(["x", ".", "\u00e9", TOKEN])
        case 3:
            return text.swapcase()
        case 4:
            return ""
        case 5:
            at = dice.randrange(len(text))
            return text[:at] + chr(dice.randint(33, 126)) + text[at + 1:]
        case 6:
            return "eyJhbGciOiJub25lIn0.e30."
        case _:
            return "".join(chr(dice.randint(33, 126)) for _ in range(dice.randint(1, 300)))


def frames(dice):
    """What a client sends in one go: (opcode, final, reserved bits, payload, masked)."""
    made = []
    for _ in range(dice.randint(1, 8)):
        opcode = dice.choice([1, 1, 1, 1, 2, 9, 10, 0, 8, 3, 11] if dice.random() < 0.4 else [1, 1, 1, 2, 9, 10])
        match dice.randrange(6):
            case 0:
                payload = dice.randbytes(dice.choice([0, 1, 2, 125, 126, 127, 4096, 4097, 66000]))
            case 1:
                payload = json.dumps({"type": "route-update", "route": "/r" + "é" * dice.randint(0, 200)}, ensure_ascii=False).encode()
            case 2:
                payload = json.dumps({"type": "subscribe-stats", "token": token(dice), "mode": dice.choice(["delta", "x", "summary"])}).encode()
            case 3:
                payload = body(dice)
            case 4:
                payload = b'{"type":"ping"}'
            case _:
                payload = dice.choice([b"", b"null", b"ping", b"\xc3", b"\xed\xa0\x80", b"[" * 4000])
        if opcode >= 8 and dice.random() < 0.9:
            payload = payload[:125]
        final, reserved = dice.random() > 0.1, dice.choice([0] * 30 + [0x40, 0x20, 0x10])
        made.append((opcode, final, reserved, payload, dice.random() > 0.02))
    return made


def encode(frame, dice):
    opcode, final, reserved, payload, masked = frame
    length = len(payload)
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([bit | length])
    elif length < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", length)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    key = dice.randbytes(4)
    repeated = (key * (length // 4 + 1))[:length]
    return head + key + (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(length, "big")


def hello(context):
    """The first bytes of a client that speaks TLS."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(coming, going)
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return going.read()
