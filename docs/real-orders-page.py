#!/usr/bin/env python3
"""real-orders-page.py RESULTS: prints docs/real-orders.md from what real-orders.sh has seen."""
import glob
import json
import os
import re
import sys

STATES = ("fresh", "stale", "live-owner", "stopping-owner")

HEAD = """\
# Orders of two starts of Debian's servers

<!-- made by docs/real-orders.sh: change that, not this -->

`pidfall explore schedules` on programs of [real-servers.md](real-servers.md) in the foreground, as they are
there, by root on Debian 12: two starts in the orders of their calls with up to two preemptions, from four start
states, one minute each. [explore.md](explore.md) says how it works.

Most of these programs never promised to keep a second copy out: their unit or init script does. The
page shows what happens without that.

A cell has the number of orders that were tried, and how many of these the program itself carried out. `...`: the
minute was over before all were tried; the machine was busy, so on another one it may be many more. C1: two
copies serve in the end. C3: none serves, or each only on a part of its addresses. C6: the pid file does not name
the owner. Each such breach was carried out by the program itself, twice: when it was found, and by its
`--replay`. ?: the replay or a check by hand did not show it, so nothing is claimed. -: not judged.

| program | fresh | stale | live owner | stopping owner |
|---|---|---|---|---|"""

# Tried by hand, and not so: the second start asks the first one for an answer and then ends. The first one is
# held, so the second waits, and seems to serve.
REFUTED = {"supervisord"}

KINDS = {
    "C1": ("Two copies serve", "The shortest such order of each start state."),
    "C3": ("No copy serves", ""),
    "C6": ("The pid file does not name the owner", ""),
}

NONE = """
## No double start

In the orders that were tried, as the table counts them, two copies never served:"""


def covered(text):
    """By start state, what the last lines say: "12 schedules, 7 executed, ..."."""
    return dict(re.findall(r"^schedules (\S+) +(.*)$", text, re.M))


def cell(line, clauses):
    if line is None:
        return "-"
    count, executed = re.match(r"(\d+) schedules?, (\d+) executed", line).groups()
    more = "..." if "partly covered" in line else ""
    broken = " **" + ", ".join(clauses) + "**" if clauses else ""
    return f"{count}{more}, {executed} executed{broken}"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def replays(base):
    return read(base + ".replays") if os.path.exists(base + ".replays") else ""


class Program:
    def __init__(self, path):
        self.name = os.path.basename(path)[:-len(".json")]
        base = path[:-len(".json")]
        self.lines = covered(read(base + ".txt"))
        shown = dict(line.split() for line in replays(base).splitlines())
        self.breaches = {}  # by start state: the result, or None where the replay did not show it
        for result in json.loads(read(path))["results"]:
            if result["verdict"] == "fail":
                state = result["scenario"].split("/")[1]
                sure = shown.get(state) == "1" and self.name not in REFUTED
                self.breaches[state] = result if sure else None

    def row(self):
        cells = []
        for state in STATES:
            result = self.breaches.get(state, {})
            clauses = ["?"] if result is None else result.get("clauses", [])[:1]
            cells.append(cell(self.lines.get(state), clauses))
        return f"| {self.name} | " + " | ".join(cells) + " |"

    def all_judged(self):
        return all(state in self.lines for state in STATES) and None not in self.breaches.values()

    def has_two_owners(self):
        return any(result["clauses"][0] == "C1" for result in self.breaches.values())


def stories(programs, clause):
    for program in programs:
        for state, result in program.breaches.items():
            if result is None or result["clauses"][0] != clause:
                continue
            again = re.sub(r"^\S*/pidfall", "pidfall", result["reproduce"])
            print(f"\n### {program.name}, {state}\n\n    {again}\n")
            for line in result["evidence"][1:]:
                print("    " + re.sub(r"^saw ", "", line))


def main(folder):
    programs = [Program(path) for path in sorted(glob.glob(os.path.join(folder, "*.json")))]
    print(HEAD)
    print("\n".join(program.row() for program in programs))
    for clause, (title, more) in KINDS.items():
        if any(r and r["clauses"][0] == clause for p in programs for r in p.breaches.values()):
            print(f"\n## {title}" + (f"\n\n{more}" if more else ""))
            stories(programs, clause)
    print(NONE + "\n")
    print(", ".join(p.name for p in programs if p.all_judged() and not p.has_two_owners()) + ".")


main(sys.argv[1])
