"""Asks a server how it is, one connection after the other, until the time is over or the file that is named is there; prints how often
it said what. Usage: probe.py PORT SECONDS FILE"""

import collections
import os
import socket
import sys
import time

port, seconds, stop = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
end, said = time.monotonic() + seconds, collections.Counter()
while time.monotonic() < end and not os.path.exists(stop):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
            connection.sendall(b"GET /__skew/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while part := connection.recv(4096):
                answer += part
            said[answer.split(b" ")[1].decode() if answer else "nothing"] += 1
    except OSError as fault:
        said[type(fault).__name__] += 1
    time.sleep(0.005)
print(*(f"{count} {answer}" for answer, count in sorted(said.items())), sep=", ")
