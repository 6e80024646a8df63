#!/usr/bin/env python3
"""Breaks the rules' code on purpose, one place after another, and shows that a test dies of each.

    mutate.py PACKAGE SCRATCH [TEXT…]

All mutants of mutants.txt are put into one copy of the package as switches that an environment variable
turns on, so that it is built once. With TEXT only those are run whose title contains one of the texts, or
whose number is in a range such as 20-29.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

SWITCH = """import Glibc

private let chosen: Int = {
  guard let text = unsafe getenv("IPLEDGER_MUTANT") else { return 0 }
  return unsafe Int(atoi(text))
}()

/// Whether this mutant is on.
func mutant(_ number: Int) -> Bool { chosen == number }
"""

# Where the test that dies of a mutant is looked for, the quick ones first: which tests, and which of them not.
LONG = "fleet|crash points|four processes|trace|damaged file|file systems|simulated|made-up|oracle"
SLOW = "64 tasks|same story gives|events of a batch|bounded times|facts were missed|two hundred callers"
STAGES = [
    ("IPLedgerTests\\.", LONG + "|" + SLOW),
    ("IPLedgerTests\\.|a simulated network", "fleet|crash points|four processes|trace|damaged file"),
    ("IPLedgerKubernetesTests\\.|IPLedgerCLITests\\.", LONG),
    ("a simulated (fleet|cluster)", "four processes"),
]
# A test run that takes longer than this hangs because of its mutant.
SECONDS = 420


class Mutant:
    def __init__(self, number, title, path, find, replace, which):
        self.number, self.title, self.path = number, title, path
        self.find, self.replace, self.which = find, replace, which


def read(text):
    """The mutants of the list."""
    mutants = []
    for block in text.split("\n# ")[1:]:
        lines = block.rstrip().split("\n")
        find = [line[2:] for line in lines[2:] if line.startswith("- ")]
        replace = [line[2:] for line in lines[2:] if line.startswith("+ ")]
        which = next((line[2:] for line in lines[2:] if line.startswith("@ ")), "only")
        mutants.append(Mutant(len(mutants) + 1, lines[0], lines[1], "\n".join(find),
                              "\n".join(replace), which))
    return mutants


def apply(mutants, sources):
    """Puts all mutants into the sources; those that do not apply any more end the run."""
    texts, stale, edits = {}, [], {}
    for mutant in mutants:
        path = sources / mutant.path
        text = texts.setdefault(path, path.read_text())
        places = [match.start() for match in re.finditer(re.escape(mutant.find), text)]
        if not places or (mutant.which == "only" and len(places) != 1):
            stale.append(f"{mutant.title}: found {len(places)} times in {mutant.path}")
            continue
        place = places[-1] if mutant.which == "last" else places[0]
        switch = re.sub(r"\bM\b", f"mutant({mutant.number})", mutant.replace)
        edits.setdefault((path, place, mutant.find), []).append((mutant, switch))
    # Two mutants of one place: both switches, the second put into what the first left as it was.
    for (path, place, find), several in edits.items():
        if len(several) > 1:
            stale += [f"{mutant.title}: shares its place" for mutant, _ in several[2:]]
    if stale:
        print("\n".join(stale))
        sys.exit(2)
    for path, text in texts.items():
        own = sorted(((place, find, several) for (where, place, find), several in edits.items()
                      if where == path), key=lambda edit: edit[0], reverse=True)
        reached = len(text)
        for place, find, several in own:
            if place + len(find) > reached:
                print(f"{several[0][0].title}: overlaps another mutant in {path.name}")
                sys.exit(2)
            text = text[:place] + merged(find, several) + text[place + len(find):]
            reached = place
        path.write_text(text)


def merged(find, several):
    """One text for all mutants of a place: where there are two, they differ from it in two words."""
    if len(several) == 1:
        return several[0][1]
    first, second = several[0][1].split(" "), several[1][1].split(" ")
    plain = find.split(" ")
    # Both are the plain text with something put in before one of its words.
    def insertion(words):
        start = 0
        while start < len(plain) and words[start] == plain[start]:
            start += 1
        extra = len(words) - len(plain)
        return start, words[start:start + extra]
    for words in (first, second):
        start, extra = insertion(words)
        if words[:start] + words[start + len(extra):] != plain:
            print(f"{several[0][0].title}: shares its place, and is no insertion of words")
            sys.exit(2)
    words = list(plain)
    for start, extra in sorted([insertion(first), insertion(second)], reverse=True):
        words[start:start] = extra
    return " ".join(words)


def run_tests(scratch, number, pattern, skip):
    """The first failing test, `None` where all pass, or a word for a run that did not end well."""
    environment = dict(os.environ, IPLEDGER_MUTANT=str(number), SWIFT_BACKTRACE="enable=no")
    # The program itself: `swift test` would let one run wait for the other.
    command = [str(scratch / ".build/debug/ipledgerPackageTests.xctest"), "--testing-library",
               "swift-testing", "--filter", pattern, "--skip", skip]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=environment, start_new_session=True, stdin=subprocess.DEVNULL,
                               cwd=scratch)
    late = threading.Event()

    def end():
        late.set()
        kill(process)

    timer = threading.Timer(SECONDS, end)
    timer.start()
    verdict, passed = None, False
    for line in process.stdout:
        line = re.sub(r"\x1b\[[0-9;]*m", "", line)
        if line.startswith("✘"):
            verdict = line[1:].strip()
            break
        if "Fatal error" in line:
            verdict = "a trap: " + line.strip()[:80]
            break
        if "Test run with" in line and "passed" in line:
            passed = True
    timer.cancel()
    kill(process)
    process.wait()
    if verdict is None and late.is_set():
        verdict = f"no end within {SECONDS} s"
    if verdict is None and not passed:
        verdict = "the tests did not run to their end"
    return verdict


def kill(process):
    """Ends a run with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def judge(scratch, mutant):
    """The test that a mutant dies of, `None` where it survives all, and how long that took."""
    began = time.time()
    for pattern, skip in STAGES:
        verdict = run_tests(scratch, mutant.number, pattern, skip)
        if verdict:
            return verdict, time.time() - began
    return None, time.time() - began


def is_meant(mutant, text):
    """Whether a text or a range of numbers means a mutant."""
    numbers = re.fullmatch(r"(\d+)-(\d+)", text)
    if numbers:
        return int(numbers[1]) <= mutant.number <= int(numbers[2])
    return text in mutant.title


def main():
    package, scratch, wanted = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    mutants = read((package / "tools/lib/mutants.txt").read_text())
    for name in ["Sources", "Tests", "fixtures", "Package.swift", "README.md", "tools"]:
        source, copy = package / name, scratch / name
        if source.is_dir():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source, copy)
        else:
            scratch.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    apply(mutants, scratch / "Sources/IPLedger")
    (scratch / "Sources/IPLedger/Mutant.swift").write_text(SWITCH)
    print(f"Building {len(mutants)} mutants at once …", flush=True)
    build = subprocess.run(["swift", "build", "--build-tests", "--package-path", str(scratch)],
                           capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if build.returncode != 0:
        print(build.stdout[-6000:], build.stderr[-2000:])
        sys.exit(2)
    # Of all stages: what fails without a mutant would be taken for the death of each.
    for pattern, skip in STAGES:
        verdict = run_tests(scratch, 0, pattern, skip)
        if verdict:
            print(f"without a mutant a test fails: {verdict}")
            sys.exit(2)
    print("without a mutant all pass", flush=True)
    chosen = [mutant for mutant in mutants
              if not wanted or any(is_meant(mutant, text) for text in wanted)]
    killed, survivors = 0, []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        runs = {workers.submit(judge, scratch, mutant): mutant for mutant in chosen}
        for run in concurrent.futures.as_completed(runs):
            mutant, (verdict, seconds) = runs[run], run.result()
            if verdict:
                killed += 1
                print(f"killed    {mutant.number:3} {mutant.title} ({seconds:.0f} s): {verdict[:110]}",
                      flush=True)
            else:
                survivors.append(mutant)
                print(f"SURVIVED  {mutant.number:3} {mutant.title} ({seconds:.0f} s)", flush=True)
    total = killed + len(survivors)
    print(f"{killed} of {total} mutants killed")
    report = os.environ.get("IPLEDGER_REPORT")
    if report:
        with open(report, "a", encoding="utf-8") as lines:
            lines.write(f"mutants\t{killed} of {total} killed by a test\n")
    sys.exit(1 if survivors else 0)


main()
