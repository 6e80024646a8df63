#!/usr/bin/env python3
"""Counts the instructions of small pieces of work, and compares them with the figures that are checked in.

    instructions.py --programs FOLDER --scratch FOLDER --root FOLDER [--update]

valgrind counts them; the same program on the same input has the same count, however busy the machine is. Of
each piece of work so much is done, and twice as much: the difference is what the work itself takes, without
what the program does before and after. Fails where one takes more than a tenth over its figure; --update
writes the figures anew.
"""

import argparse
import concurrent.futures
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys

# How far a figure may grow.
TOLERANCE = 1.10
# The work, how much of it, and what one of it is.
WORK = [
    ("time", 20_000, "an RFC 3339 time, parsed"),
    ("address", 20_000, "an address, parsed"),
    ("read", 2_000, "an event, read from the log"),
    ("record", 2_000, "an event, recorded in bulk"),
    ("audit", 400, "an audit with its evidence verified"),
    ("attribute", 400, "a row attributed, with its evidence verified"),
    ("watch", 2, "a watch of 20 pods' changes, observed"),
]


def main():
    parser = argparse.ArgumentParser()
    for name in ["--programs", "--scratch", "--root"]:
        parser.add_argument(name, required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    shutil.rmtree(options.scratch, ignore_errors=True)
    options.scratch.mkdir(parents=True)
    try:
        return compare(options)
    finally:
        shutil.rmtree(options.scratch, ignore_errors=True)


def compare(options):
    ledger = options.scratch / "ledger"
    subprocess.run([options.programs / "BenchWorker", "record", ledger, "20000", "1000", "400"], check=True,
                   stdout=subprocess.DEVNULL)
    stream = gzip.decompress((options.root / "fixtures/rolling-restart/watch.jsonl.gz").read_bytes())
    (options.scratch / "watch.jsonl").write_bytes(stream)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = list(pool.map(lambda work: count(options, ledger, *work[:2]), WORK))
    figures = options.root / "tools/lib/instructions.txt"
    known = dict(line.split("\t")[:2] for line in figures.read_text().splitlines()) if figures.exists() else {}
    print("| work | instructions | checked in | ratio |\n|---|---|---|---|")
    failed = []
    for (name, _, what), found in zip(WORK, counts):
        figure = int(known.get(name, 0))
        ratio = found / figure if figure else float("nan")
        print(f"| {what} | {found:,} | {figure:,} | {ratio:.3f} |")
        if not options.update and not ratio <= TOLERANCE:
            failed.append(f"{what}: {found:,} instructions, expected at most {TOLERANCE:.2f} × {figure:,}")
    if options.update:
        lines = [f"{name}\t{found}\t{what}\n" for (name, _, what), found in zip(WORK, counts)]
        figures.write_text("".join(lines))
        print(f"written to {figures}")
    for failure in failed:
        print(f"error: {failure}: find out why, or write the figures anew with tools/bench --instructions "
              "--update", file=sys.stderr)
    return 1 if failed else 0


def count(options, ledger, name, number):
    """How many instructions one piece of work takes."""
    once, twice = (collected(options, ledger, name, times) for times in (number, 2 * number))
    return (twice - once) // number


def collected(options, ledger, name, number):
    """How many instructions a process executes that does so much of some work."""
    subject = {
        "record": options.scratch / f"record-{number}",
        "watch": options.scratch / "watch.jsonl",
    }.get(name, ledger)
    # The seed of Swift's hashing is the only chance in it.
    environment = os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1", "SWIFT_BACKTRACE": "enable=no"}
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", options.programs / "CountWorker",
         name, str(number), subject],
        capture_output=True, text=True, env=environment)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{name}: valgrind ended with {done.returncode}\n{done.stderr[-2000:]}")
    return int(found.group(1))


sys.exit(main())
