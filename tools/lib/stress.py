#!/usr/bin/env python3
"""What tools/stress-ingest runs: a recording repeated under other names, and a look at memory."""

import argparse
import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

MEGABYTE = 1_000_000
SAMPLE_SECONDS = 0.2

# Where a copy differs. Each is found once, in the recording, and marked with a byte that JSON never
# has; a copy is then one `replace` for each mark, which is fast enough not to be what is measured.
NAMESPACE, UID, VERSION, POD_IP, FIXED_IP, IPV6 = (bytes([byte]) for byte in range(1, 7))

MOST_SPREAD_COPIES = 1 << 14  # 64 first octets for each of the two IPv4 ranges


def template(recording, spread):
    text = re.sub(rb'("namespace":"[^"]+)"', rb"\1-" + NAMESPACE + b'"', recording)
    # The last eight digits: a uid stays a UUID, and two of one copy stay two.
    text = re.sub(rb'("uid":"[0-9a-f]{8}(?:-[0-9a-f]{4}){4})[0-9a-f]{8}"', rb"\1" + UID + b'"', text)
    if spread:
        text = re.sub(rb'"resourceVersion":"(\d+)"',
                      lambda found: b'"resourceVersion":"%s%09d"' % (VERSION, int(found[1])), text)
        # The recordings' ranges, as values ("10.20.0.7") and in managedFields (\"10.20.0.7\").
        text = re.sub(rb'"10\.20(\.\d+\.\d+\\?")', b'"' + POD_IP + rb"\1", text)
        text = re.sub(rb'"192\.168(\.\d+\.\d+\\?")', b'"' + FIXED_IP + rb"\1", text)
        text = re.sub(rb'"(fd00:[0-9a-f:]+)(::[0-9a-f]*\\?")', rb'"\1:' + IPV6 + rb"\2", text)
    return text


def copy(text, number):
    """The copy of that number, from 1 up."""
    text = text.replace(NAMESPACE, b"%d" % number).replace(UID, b"%08x" % number)
    if VERSION in text:
        if number >= MOST_SPREAD_COPIES:
            sys.exit(f"stress-ingest: --spread has addresses for {MOST_SPREAD_COPIES} copies; "
                     "ask for fewer gigabytes, or take a longer recording")
        high, low = divmod(number, 256)
        for mark, value in [(VERSION, b"%d" % number), (IPV6, b"%x" % number),
                            (POD_IP, b"%d.%d" % (64 + high, low)), (FIXED_IP, b"%d.%d" % (128 + high, low))]:
            text = text.replace(mark, value)
    return text


class Memory(threading.Thread):
    """The greatest RssAnon of a process, looked at every fifth of a second."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.status = pathlib.Path(f"/proc/{process.pid}/status")
        self.greatest = 0
        self.samples = 0

    def run(self):
        while True:
            try:
                found = re.search(r"^RssAnon:\s+(\d+) kB", self.status.read_text(), re.MULTILINE)
            except OSError:
                return
            if not found:  # a process that has ended has none
                return
            self.greatest = max(self.greatest, int(found[1]) * 1024)
            self.samples += 1
            time.sleep(SAMPLE_SECONDS)


def send(text, amount, stream):
    """Writes whole copies until at least this many bytes are written; says how many, and copies."""
    sent = number = 0
    while sent < amount:
        number += 1
        content = copy(text, number)
        stream.write(content)
        sent += len(content)
    return sent, number


def ingest(ipledger, text, amount, limit):
    with tempfile.TemporaryDirectory(prefix="ipledger-stress-") as folder:
        command = [ipledger, "ingest", "--ledger", os.path.join(folder, "ledger"),
                   "--cluster", "stress", "-"]
        print("$ … |", " ".join(command), flush=True)
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
        memory = Memory(process)
        memory.start()
        sent = copies = 0
        try:
            sent, copies = send(text, amount, process.stdin)
            process.stdin.close()
        except BrokenPipeError:
            print("stress-ingest: ipledger stopped reading before the end", file=sys.stderr)
        except BaseException:
            process.kill()
            raise
        code = process.wait()
        seconds = time.monotonic() - began
        size = sum(file.stat().st_blocks * 512 for file in pathlib.Path(folder).rglob("*") if file.is_file())

    if sent:
        print(f"{sent} bytes in {copies} copies, {seconds:.1f} s, {sent / MEGABYTE / seconds:.0f} MB/s; "
              f"ledger {size / MEGABYTE:.0f} MB on disk")
    print(f"greatest RssAnon {memory.greatest / MEGABYTE:.1f} MB ({memory.samples} samples), "
          f"limit {limit} MB")
    if code != 0 or sent < amount:
        early = "" if sent else ", before it had read everything"
        print(f"FAILED: ipledger ingest ended with {code}{early}", file=sys.stderr)
        return 1
    if memory.samples == 0:
        print("FAILED: the process ended before its memory was looked at; ask for more gigabytes",
              file=sys.stderr)
        return 1
    if memory.greatest > limit * MEGABYTE:
        print(f"FAILED: more than {limit} MB of anonymous memory", file=sys.stderr)
        return 1
    print("ok")
    return 0


def main():
    parser = argparse.ArgumentParser(prog="stress-ingest", add_help=False)
    parser.add_argument("--gigabytes", type=float, default=2)
    parser.add_argument("--recording", type=pathlib.Path,
                        default=ROOT / "fixtures/resumed-watch/watch.jsonl.gz")
    parser.add_argument("--limit", type=int, default=256)
    parser.add_argument("--spread", action="store_true")
    parser.add_argument("--print", action="store_true")
    parser.add_argument("--ipledger")
    options = parser.parse_args()

    content = options.recording.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    text = template(content, options.spread)
    amount = int(options.gigabytes * 1000 * MEGABYTE)
    if options.print:
        try:
            send(text, amount, sys.stdout.buffer)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return ingest(options.ipledger, text, amount, options.limit)


if __name__ == "__main__":
    sys.exit(main())
