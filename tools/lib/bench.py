#!/usr/bin/env python3
"""Runs ipledger and its peers in turn, and prints a table of the medians and their ratios.

    bench.py --ipledger FILE --programs FOLDER --scratch FOLDER --root FOLDER [--quick] [--events N] [--only TEXT]

Each workload is done by each side so many times in turn, each time from the same beginning, so that whatever
else the machine does meets all of them alike. What a ratio is of is said in its row; a goal is of the ratio
unless it names a unit.
"""

import argparse
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time


class Bench:
    def __init__(self, options):
        self.options = options
        self.programs = pathlib.Path(options.programs)
        self.scratch = pathlib.Path(options.scratch)
        self.runs = 5
        self.rows = []
        self.events = options.events or (50_000 if options.quick else 1_000_000)
        self.pods = max(1_000, self.events // 50)

    # Programs

    def worker(self, *words):
        return self.measured(self.programs / "BenchWorker", *words)

    def lmdb(self, *words):
        return self.measured(self.programs / "LMDBPeer", *words)

    def sqlite(self, *words):
        return self.measured(self.programs / "SQLitePeer", *words)

    def measured(self, *command):
        """Seconds, and the other columns that a program printed."""
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
        columns = done.stdout.split("\n")[0].split("\t")
        return [float(column) for column in columns]

    def trace(self, name, *words):
        """What ipledger changes in LMDB, written down by a run of its own."""
        trace = self.scratch / f"{name}.trace"
        self.measured(self.programs / "TraceWorker", trace, *words)
        return trace

    def place(self, name, like=None):
        """A path where nothing is, or a copy of a ledger."""
        path = self.scratch / name
        for old in [path, *(self.scratch / f"{name}{end}" for end in ["-wal", "-shm"])]:
            if old.exists():
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        if like:
            path.mkdir(mode=0o700)
            subprocess.run(["cp", "--sparse=always", f"{like}/data.mdb", str(path)], check=True)
        return path

    def alternate(self, *sides):
        """The medians of what each side took, measured in turn."""
        taken = [[] for _ in sides]
        for _ in range(self.runs):
            for side, times in zip(sides, taken):
                times.append(side())
        return [statistics.median(times) for times in taken]

    def row(self, workload, ours, peer, ratio, goal):
        self.rows.append((workload, ours, peer, ratio, goal))
        print(f"  {workload}: {ours}; {peer}; {ratio}", file=sys.stderr, flush=True)

    def wants(self, name):
        return self.options.only is None or self.options.only in name

    # Workloads

    def ledger(self):
        """The ledger that is asked: made once."""
        path = self.place("ledger")
        self.worker("record", path, self.events, 10_000, self.pods)
        return path

    def record_one(self):
        count = 500 if self.options.quick else 2_000
        trace = self.trace("one", "record", self.place("one-t"), count, 1, 1_000)
        ours, c, sql = self.alternate(
            lambda: self.worker("record", self.place("one"), count, 1, 1_000)[0],
            lambda: self.lmdb("replay", trace, self.place("one-c"))[0],
            lambda: self.sqlite("replay", trace, self.place("one-s"))[0])
        self.row("one durable `record`, one caller", f"{ours / count * 1e6:.0f} µs",
                 f"C {c / count * 1e6:.0f} µs, SQLite {sql / count * 1e6:.0f} µs",
                 f"{c / ours:.2f} × C", "≥ 0.95 × C")
        many = 64 * (50 if self.options.quick else 400)
        (group,) = self.alternate(
            lambda: self.worker("record", self.place("many"), many, 1, 1_000, 64)[0])
        self.row("64 concurrent `record` callers", f"{group / many * 1e6:.1f} µs an event",
                 f"one caller {ours / count * 1e6:.0f} µs, SQLite {sql / count * 1e6:.0f} µs",
                 f"{(ours / count) / (group / many):.1f} × one caller, "
                 f"{(sql / count) / (group / many):.1f} × SQLite", "≥ 20 × one caller, ≥ 5 × SQLite")

    def bulk(self):
        for batch in (10_000, 100_000):
            count = min(self.events, 2 * batch) if self.options.quick else max(batch * 2, 200_000)
            trace = self.trace("bulk", "record", self.place("bulk-t"), count, batch, self.pods)
            ours, c, sql = self.alternate(
                lambda: self.worker("record", self.place("bulk"), count, batch, self.pods)[0],
                lambda: self.lmdb("replay", trace, self.place("bulk-c"))[0],
                lambda: self.sqlite("replay", trace, self.place("bulk-s"))[0])
            self.row(f"bulk record, {batch:,} to a transaction", f"{ours / count * 1e6:.1f} µs an event",
                     f"C {c / count * 1e6:.1f} µs, SQLite {sql / count * 1e6:.1f} µs",
                     f"{c / ours:.2f} × C, {sql / ours:.1f} × SQLite", "≥ 0.8 × C, ≥ 2 × SQLite")

    def rebuild(self, ledger):
        memory = []

        def ours():
            taken, _, most = self.worker("rebuild", self.place("rebuilt", like=ledger))
            memory.append(most)
            return taken

        own, c, sql = self.alternate(
            ours, lambda: self.lmdb("bulk", ledger, self.place("rebuilt-c"))[0],
            lambda: self.sqlite("bulk", ledger, self.place("rebuilt-s"))[0])
        self.row(f"rebuild of all projections, {self.events:,} events", f"{self.events / own / 1e3:.0f} k events/s",
                 f"C {c:.2f} s, SQLite {sql:.2f} s, ours {own:.2f} s",
                 f"{own / c:.1f} × the time of C, {sql / own:.2f} × SQLite, {max(memory):.0f} MB",
                 "≥ 1 M events/s, ≤ 1.5 × C, ≥ 2 × SQLite, ≤ 512 MB")

    def ingest(self):
        stream = self.scratch / "stream.jsonl"
        size = 0.02 if self.options.quick else 0.2
        with open(stream, "wb") as file:
            subprocess.run([f"{self.options.root}/tools/stress-ingest", "--print", "--spread", "--gigabytes",
                            str(size)], stdout=file, check=True)
        megabytes = stream.stat().st_size / 1e6
        memory = []

        def ours():
            taken, most = self.command(
                [self.options.ipledger, "ingest", "--ledger", str(self.place("ingested")), "--cluster", "bench",
                 str(stream)])
            memory.append(most)
            return taken

        own, jq = self.alternate(
            ours, lambda: self.command(["jq", "-c", ".type", str(stream)])[0])
        self.row(f"ingest of a watch stream, {megabytes:.0f} MB", f"{megabytes / own:.0f} MB/s",
                 f"jq {megabytes / jq:.0f} MB/s", f"{jq / own:.1f} × jq, {max(memory):.0f} MB of memory",
                 "≥ 500 MB/s, ≥ 10 × jq, ≤ 256 MB")

    def audit(self, ledger):
        count = 5_000 if self.options.quick else 100_000
        tenures = self.scratch / "tenures.tsv"
        with open(tenures, "wb") as file:
            subprocess.run([str(self.programs / "BenchWorker"), "tenures", str(ledger)], stdout=file, check=True)
        database = self.place("tenures.db")
        self.sqlite("tenures", tenures, database)
        seed = iter(range(1, 1000))
        ours, c, sql = self.alternate(
            lambda: self.worker("audit", ledger, count, next(seed))[0],
            lambda: self.lmdb("point", ledger, count, next(seed))[0],
            lambda: self.sqlite("point", database, count, next(seed))[0])
        self.row("audit of one address at one instant, in process", f"{ours / count * 1e6:.1f} µs",
                 f"raw search in C {c / count * 1e6:.1f} µs, SQLite {sql / count * 1e6:.1f} µs",
                 f"{ours / c:.0f} × C, {sql / ours:.2f} × SQLite", "≤ 2 × C, ≥ 5 × SQLite")
        ip = "10.0.0.5"
        own, shell = self.alternate(
            lambda: self.often([self.options.ipledger, "audit", "--ledger", str(ledger), ip, "--at",
                                "2026-01-01T12:00:00Z"]),
            lambda: self.often(["sqlite3", str(database),
                                f"select * from tenures where address = '{ip}' and begun <= "
                                "1767268800000000 order by begun desc limit 1"]))
        self.row("`ipledger audit` from a cold process", f"{own * 1e3:.1f} ms", f"sqlite3 {shell * 1e3:.1f} ms",
                 f"{own / shell:.1f} × sqlite3", "≤ 3 ms, not slower than sqlite3")

    def attribute(self, ledger):
        count = 20_000 if self.options.quick else 500_000
        rows = self.scratch / "rows.csv"
        with open(rows, "wb") as file:
            subprocess.run([str(self.programs / "BenchWorker"), "rows", str(ledger), str(count), "3"],
                           stdout=file, check=True)
        memory = []

        def ours(*more):
            taken, most = self.command(
                [self.options.ipledger, "attribute", "--ledger", str(ledger), *more, str(rows)])
            memory.append(most)
            return taken

        checked, bare, cat = self.alternate(
            ours, lambda: ours("--no-verify"),
            lambda: self.command(["sqlite3", ":memory:", ".mode csv", f".import {rows} rows"])[0])
        self.row(f"`attribute`, {count:,} rows in random order", f"{count / checked / 1e3:.0f} k rows/s "
                 f"({count / bare / 1e3:.0f} k with --no-verify)",
                 f"sqlite3 only reads {count / cat / 1e3:.0f} k rows/s in",
                 f"{cat / checked:.2f} × sqlite3 .import, {max(memory):.0f} MB of memory",
                 "≥ 1 M rows/s, ≤ 256 MB")

    def size(self, ledger):
        used, head = self.measured(self.programs / "BenchWorker", "size", ledger)
        compact = self.place("compact", like=ledger)
        subprocess.run([self.options.ipledger, "compact", "--ledger", str(compact)], check=True,
                       stdout=subprocess.DEVNULL)
        small = (compact / "data.mdb").stat().st_size
        database = self.place("size.db")
        self.sqlite("bulk", ledger, database)
        log = self.measured(self.programs / "LMDBPeer", "bytes", ledger)
        sql = database.stat().st_size + log[0]
        self.row("bytes on disk per event, log and all projections",
                 f"{used / head:.0f} ({small / head:.0f} compacted)",
                 f"SQLite {sql / head:.0f}, the log's bytes added", f"{small / sql:.2f} × SQLite (compacted)",
                 "≤ 300, ≤ SQLite")

    def growth(self, ledger):
        """What one more event, and one question, cost on a tenth of the events and on all of them."""
        small = self.place("small")
        self.worker("record", small, self.events // 10, 10_000, self.pods)
        more, asked = (5_000, 2_000) if self.options.quick else (20_000, 50_000)
        record_small, record_all = self.alternate(
            lambda: self.worker("record", small, more, 10_000, self.pods)[0],
            lambda: self.worker("record", ledger, more, 10_000, self.pods)[0])
        seed = iter(range(2_000, 3_000))
        audit_small, audit_all = self.alternate(
            lambda: self.worker("audit", small, asked, next(seed))[0],
            lambda: self.worker("audit", ledger, asked, next(seed))[0])
        self.row(f"growth, from {self.events // 10:,} to {self.events:,} events",
                 f"record {record_small / more * 1e6:.1f} → {record_all / more * 1e6:.1f} µs, "
                 f"audit {audit_small / asked * 1e6:.1f} → {audit_all / asked * 1e6:.1f} µs", "itself",
                 f"record {record_all / record_small:.2f} ×, audit {audit_all / audit_small:.2f} ×",
                 "record ≤ 1.3 ×, audit ≤ 1.5 ×")

    # Measuring

    def command(self, command):
        """How long a command takes, and the most anonymous memory that it was seen with, in MB."""
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        most = 0

        def look():
            nonlocal most
            while process.poll() is None:
                try:
                    for line in open(f"/proc/{process.pid}/status"):
                        if line.startswith("RssAnon:"):
                            most = max(most, int(line.split()[1]) / 1024)
                except OSError:
                    pass
                time.sleep(0.01)

        thread = threading.Thread(target=look)
        thread.start()
        _, errors = process.communicate()
        taken = time.monotonic() - began
        thread.join()
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{errors.decode()}")
        return taken, most

    def often(self, command):
        """The median time of a short command."""
        times = []
        for _ in range(15):
            began = time.monotonic()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append(time.monotonic() - began)
        return statistics.median(times)

    def all(self):
        if self.wants("record"):
            self.record_one()
        if self.wants("bulk"):
            self.bulk()
        if self.wants("ingest"):
            self.ingest()
        if any(self.wants(name) for name in ["rebuild", "audit", "attribute", "size", "growth"]):
            ledger = self.ledger()
            if self.wants("audit"):
                self.audit(ledger)
            if self.wants("attribute"):
                self.attribute(ledger)
            if self.wants("size"):
                self.size(ledger)
            if self.wants("rebuild"):
                self.rebuild(ledger)
            # The last, since it adds to the ledger.
            if self.wants("growth"):
                self.growth(ledger)

    def table(self):
        print(f"\n{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; {self.versions()}; "
              f"{self.events:,} events of {self.pods:,} pods; medians of {self.runs} alternating runs; "
              f"{time.strftime('%Y-%m-%d')}\n")
        print("| workload | ipledger | peers | ratio | goal |")
        print("|---|---|---|---|---|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")

    def versions(self):
        def first(*command):
            return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]
        return f"{first('jq', '--version')}, SQLite {first('sqlite3', '--version').split(' ')[0]}"


def main():
    parser = argparse.ArgumentParser()
    for name in ["--ipledger", "--programs", "--scratch", "--root"]:
        parser.add_argument(name, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--events", type=int)
    parser.add_argument("--only")
    options = parser.parse_args()
    scratch = pathlib.Path(options.scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    bench = Bench(options)
    try:
        bench.all()
        bench.table()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
