#!/usr/bin/env python3
"""Inputs that fuzz targets begin with, made of the recordings that are part of the project.

    fuzz-corpus.py FOLDER IPLEDGER

FOLDER gets a folder for each target; IPLEDGER is the built program, which makes a log of the recordings
and exports it.
"""

import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
LIMIT = 16384

TIMES = ["2026-11-23T03:12:00Z", "2026-11-23t03:12:00.123456789+08:00", "0000-01-01T00:00:00Z",
         "9999-12-31T23:59:59.999999Z", "2024-02-29T23:59:59-23:59", "1969-12-31T23:59:59.5z"]
ADDRESSES = ["10.0.4.17", "::1", "fd00::1:2", "::ffff:10.0.0.1", "2001:db8::", "0.0.0.0",
             "255.255.255.255", "1:2:3:4:5:6:7:8", "::1.2.3.4"]
PREFIXES = ["10.0.0.0/24", "fd00::/64", "::/0", "0.0.0.0/0", "10.0.0.1/32", "10.0.0.1-10.0.0.9",
            "fd00::1-fd00::ff", "10.0.0.7", "::ffff:10.0.0.0/120"]
EXPRESSIONS = ["5m ago", "now", "2026-11-23", "2026-11-23 03:12", "6h", "1d12h", "90s",
               "9223372036854775807d", "1w ago", "yesterday"]


def keep(folder, target, content):
    """Writes an input under the name of its digest."""
    if isinstance(content, str):
        content = content.encode()
    place = folder / target
    place.mkdir(parents=True, exist_ok=True)
    (place / hashlib.sha256(content).hexdigest()[:20]).write_bytes(content[:LIMIT])


def recordings(folder):
    """Lines of the recordings, alone and a few together."""
    for path in sorted(FIXTURES.rglob("*.gz")):
        text = gzip.decompress(path.read_bytes())
        lines = [line for line in text.split(b"\n") if line]
        step = max(1, len(lines) // 12)
        for index in range(0, len(lines), step):
            for target in ("input", "observe"):
                keep(folder, target, lines[index])
                keep(folder, target, b"\n".join(lines[index:index + 3]))


def log(folder, ipledger):
    """Frames, payloads, and lines of an export."""
    with tempfile.TemporaryDirectory() as place:
        ledger = f"{place}/ledger"
        for index, name in enumerate(["rolling-restart", "api-edges"]):
            for path in sorted((FIXTURES / name).glob("watch.jsonl.gz")):
                subprocess.run([ipledger, "ingest", "--ledger", ledger, "--cluster", f"c{index}",
                                str(path)], check=True, capture_output=True)
        requests = FIXTURES / "decided-restart" / "requests.jsonl"
        subprocess.run([ipledger, "apply", "--ledger", ledger, str(requests)], capture_output=True)
        export = subprocess.run([ipledger, "export", "--ledger", ledger], check=True,
                                capture_output=True).stdout
        lines = export.split(b"\n")
        for line in lines[1:-2:7]:
            keep(folder, "import", line)
    # The golden log has a frame of each kind as hexadecimal.
    for line in (FIXTURES / "log-format" / "v1.jsonl").read_text().splitlines():
        golden = json.loads(line)
        frame = bytes.fromhex(golden["hex"])
        keep(folder, "event", bytes([golden["position"] % 256]) + frame)
        keep(folder, "payload", bytes([frame[1]]) + frame[22:-4])
        keep(folder, "rows", frame[22:-4])


def main():
    folder = pathlib.Path(sys.argv[1])
    recordings(folder)
    log(folder, sys.argv[2])
    for target, words in [("rfc3339", TIMES), ("address", ADDRESSES), ("prefix", PREFIXES),
                          ("expression", EXPRESSIONS + TIMES)]:
        for word in words:
            keep(folder, target, word)


main()
