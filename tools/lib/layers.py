#!/usr/bin/env python3
"""The layer check: who may import whom, and a few habits that no compiler checks.

    CLMDB <- LMDB <- IPLedger <- IPLedgerKubernetes <- IPLedgerWatch; all of them and IPLedgerArchive <- IPLedgerCLI

Reads the sources from the package's folder, prints `file:line: what is wrong, and what to do` for
each finding, and exits with 1 if there was any. The rules are the tables at the top.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A target may import these modules and no others.
MAY_IMPORT = {
    "LMDB": {"CLMDB", "Glibc", "Synchronization"},
    "IPLedger": {"LMDB", "FoundationEssentials", "Synchronization"},
    "IPLedgerKubernetes": {"IPLedger", "Foundation", "FoundationEssentials", "Synchronization"},
    "IPLedgerArchive": {"IPLedger", "Crypto", "FoundationEssentials"},
    "IPLedgerWatch": {
        "IPLedger", "IPLedgerKubernetes", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
        "Logging", "ServiceLifecycle", "Subprocess", "SystemPackage", "Yams", "Foundation", "FoundationEssentials", "Synchronization",
    },
    "IPLedgerCLI": {
        "ArgumentParser", "IPLedger", "IPLedgerKubernetes", "IPLedgerArchive", "IPLedgerWatch", "Logging",
        "ServiceLifecycle", "Synchronization", "UnixSignals",
        "Foundation", "FoundationEssentials", "FoundationInternationalization", "Glibc",
    },
}

# ... and this one only in a file that maps errors: its name says so.
ONLY_IN_FILES = {("IPLedgerCLI", "LMDB"): re.compile(r"Error|Failure|Exit")}

# The one target whose code may be unsafe.
UNSAFE_TARGET = "LMDB"

# Not in Sources: a pattern, and what to do instead. Matched on code, without comments and strings.
NOT_IN_CODE = [
    (re.compile(r"\btry!"), "`try!`: handle the error, or let the caller"),
    (re.compile(r"\bas!"), "`as!`: use `as?` and say what was found instead"),
    (re.compile(r"\bfatalError\("), "`fatalError(`: throw, or `precondition` for a programmer's error"),
]

# Not in Sources, comments and strings included.
NOT_IN_TEXT = [
    (re.compile(r"\b(TODO|FIXME)\b"), "a note of work to do: do it, or file an issue"),
]

# Not in any tracked file: paths that exist on one machine only.
MACHINE_PATH = re.compile(r"(?<![\w.~$})-])/(?:(?:work|root|home)/|tmp/h\d)")

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*"
    r"(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)")


def code_lines(text):
    """The lines of Swift source with comments and the insides of string literals taken out."""
    token = re.compile(
        r"//[^\n]*"  # a comment
        r"|/\*.*?\*/"  # a block comment
        r'|(#*)"""(?:\\.|.)*?"""\1'  # a text of several lines
        r'|(#+)"[^\n]*?"\2'  # a raw string
        r'|"(?:\\\((?:[^()"\n]|"[^"\n]*"|\([^()\n]*\))*\)|\\.|[^"\\\n])*"',  # a string
        re.DOTALL)
    blank = lambda match: '""' + "\n" * match.group().count("\n")
    return token.sub(blank, text).split("\n")


def check_source(path, target):
    name = path.relative_to(ROOT)
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(code_lines(text), 1):
        where = f"{name}:{number}"
        if match := IMPORT.match(line):
            yield from check_import(where, path, target, match.group(1))
        if target != UNSAFE_TARGET and re.search(r"\bunsafe\b", line):
            yield f"{where}: `unsafe` outside Sources/{UNSAFE_TARGET}, the only place for unsafe code"
        for pattern, remedy in NOT_IN_CODE:
            if pattern.search(line):
                yield f"{where}: {remedy}"
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, remedy in NOT_IN_TEXT:
            if pattern.search(line):
                yield f"{name}:{number}: {remedy}"


def check_import(where, path, target, module):
    allowed = MAY_IMPORT[target]
    only_in = ONLY_IN_FILES.get((target, module))
    if module in allowed or (only_in and only_in.search(path.name)):
        return
    if only_in:
        yield (f"{where}: {target} may import {module} only where it maps errors "
               f"(a file whose name matches {only_in.pattern})")
    else:
        yield f"{where}: {target} must not import {module}; it may: {', '.join(sorted(allowed))}"


def check_targets():
    for folder in sorted((ROOT / "Sources").iterdir()):
        sources = sorted(folder.rglob("*.swift"))
        if sources and folder.name not in MAY_IMPORT:
            yield (f"Sources/{folder.name}: a target that the layer check does not know; "
                   "say in tools/lib/layers.py what it may import")
            continue
        for path in sources:
            yield from check_source(path, folder.name)


def check_declared():
    """Every target imports only what Package.swift declares for it.

    swift build's --explicit-target-dependency-import-check lets a target import what it depends on
    by way of another; this does not.
    """
    package = json.loads(subprocess.run(
        ["swift", "package", "dump-package"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout)
    ours = {target["name"] for target in package["targets"]}
    for target in package["targets"]:
        name = target["name"]
        declared = {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}
        folder = ROOT / (target.get("path") or f"{'Tests' if target['type'] == 'test' else 'Sources'}/{name}")
        for path in sorted(folder.rglob("*.swift")):
            for number, line in enumerate(code_lines(path.read_text(encoding="utf-8")), 1):
                match = IMPORT.match(line)
                if match and match.group(1) in ours - declared - {name}:
                    yield (f"{path.relative_to(ROOT)}:{number}: {name} imports {match.group(1)}, "
                           "which Package.swift does not declare as its dependency")


def check_machine_paths():
    """Every tracked text file, and those about to be: not what .gitignore names."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
            if match := MACHINE_PATH.search(line):
                yield (f"{name}:{number}: a path of one machine, `{match.group()}…`; "
                       "make it relative to the package, or ask the environment")


def main():
    findings = [*check_targets(), *check_declared(), *check_machine_paths()]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
