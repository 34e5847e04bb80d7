"""Asks a name server at a steady rate, whatever it answers, and prints JSON: share answered, and latencies in milliseconds.

usage: _dns.py ADDRESS QUESTIONS-PER-SECOND SECONDS NAME...
Late answers do not slow the questions down (an open loop), so a server that cannot keep up shows it.
"""

import json
import select
import socket
import struct
import sys
import time

BATCH_SECONDS = 0.002


def question(number, name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)


def main():
    address, rate, seconds, names = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    asker.connect((address, 53))
    asker.setblocking(False)
    poll = select.poll()
    poll.register(asker, select.POLLIN)
    asked, latencies, failed, number = {}, [], 0, 0
    start = time.perf_counter()
    while True:
        now = time.perf_counter()
        if now - start > seconds + 1:
            break
        due = min(int((now - start) * rate), int(seconds * rate))
        while number < due:
            asked[number & 0xFFFF] = time.perf_counter()
            try:
                asker.send(question(number, names[number % len(names)]))
            except BlockingIOError:
                pass
            number += 1
        poll.poll(BATCH_SECONDS * 1000)
        while True:
            try:
                answer = asker.recv(1500)
            except BlockingIOError:
                break
            sent = asked.pop(struct.unpack_from(">H", answer)[0], None)
            if sent is not None:
                latencies.append((time.perf_counter() - sent) * 1000)
                failed += struct.unpack_from(">H", answer, 6)[0] == 0
    latencies.sort()
    print(json.dumps({
        "asked": number, "answered": len(latencies), "without address": failed, "per second": len(latencies) / seconds,
        "p50": latencies[len(latencies) // 2], "p99": latencies[len(latencies) * 99 // 100], "most": latencies[-1],
    } if latencies else {"asked": number, "answered": 0}))


main()
