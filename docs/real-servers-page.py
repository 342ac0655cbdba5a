#!/usr/bin/env python3
"""real-servers-page.py RESULTS: prints docs/real-servers.md from what real-servers.sh has seen.

Only the sentences in here are written by hand: a breach is claimed only where its check by hand
ended with status 0.
"""
import collections
import json
import os
import re
import sys

RESULTS = sys.argv[1]
FORMS = {"fg": "in the foreground", "bg": "in the background"}

# What a check by hand is about: its title, what it does, whom it harms.
KINDS = {
    "second": ("Two copies run",
               "A second start beside a live owner.",
               "Both work on the same data, the same queue or the same clients."),
    "standby": ("A second copy runs on and never takes over",
                "A second start beside a live owner, then the owner gets SIGTERM.",
                "It looks like a standby and serves nobody, and the supervisor does not start another."),
    "race": ("Two starts at one moment: both run",
             "The first start is slow at its calls on the pid file; the second comes in between.",
             "cron, an agent and a person start it at once, and both copies work on the same data."),
    "across": ("The owner ends while another starts: the pid file is gone or wrong",
               "A second start is slow at its calls on the pid file; meanwhile the owner gets SIGTERM.",
               "After a restart the stop script, logrotate and the monitor do not find the owner."),
    "eight": ("Two starts at one moment keep each other out, or share the port",
              "Two are started at one moment, the server has two addresses, and each gets one.",
              "Servers that want both addresses give up, and nobody serves; servers that accept one "
              "serve side by side, and a client reaches one or the other."),
    "record": ("A refused start spoils the owner's pid file",
               "A second start beside a live owner fails, as it should. Then the file is read.",
               "The stop script, logrotate and the monitor signal a process that is gone, or "
               "none; the owner can only be found by a search for it."),
    "old-exit": ("One that ends removes the file of the next",
                 "The old one has closed its port and not yet removed its file; the next one starts.",
                 "The stop script, logrotate and the monitor do not find the owner."),
    "record-race": ("Two starts at one moment: the pid file names the loser, or is gone",
                    "The first start is slow at its calls on the pid file; the second comes in "
                    "between. One serves.",
                    "The stop script, logrotate and the monitor do not find the owner."),
    "late": ("A duplicate takes longer than 2 s",
             "A second start beside a live owner, timed three times.",
             "The start gives no answer in time, and a supervisor that takes it for started "
             "reports success."),
    "statuses": ("Duplicates end with different statuses",
                 "A second start as it is, another with its file gone or its output closed or full.",
                 "No supervisor's rule can tell a duplicate from a failure."),
    "stale": ("What is in the file keeps it down",
              "Nobody runs; the file holds what a crash, an edit or an older version left.",
              "After a crash the server stays down until a person removes the file."),
    "stranger-pid": ("A stranger's pid keeps it down",
                     "Nobody runs; the file names a live process that is another program.",
                     "After a reboot the server stays down because another program has its pid."),
    "killed": ("After SIGKILL it does not start again",
               "The owner is killed, the next start follows.",
               "After a crash the server stays down until a person removes the file."),
    "killed-early": ("After SIGKILL during its start it does not start again",
                     "A start is killed after one of its calls on the pid file, the next start follows.",
                     "After a crash the server stays down until a person removes the file."),
    "freed": ("After a full disk it does not start again",
              "A start on a full disk, then there is room again, and the next start follows.",
              "After a full disk the server stays down until a person removes the file."),
    "stranger-thread": ("The number of a stranger's thread keeps it down",
                        "Nobody runs; the file names a thread of another program, which no process "
                        "list shows.",
                        "The server stays down, and no process has the number in its message."),
    "zombie": ("A zombie keeps it down",
               "The file names a process that has ended and that its parent has not reaped.",
               "A parent that does not reap keeps its server down."),
    "umask": ("Others may write the pid file",
              "A start under umask 0, as init and launchd give it.",
              "Anybody writes a victim's pid into the file, and root's stop command kills it."),
    "symlink": ("It writes through a symlink",
                "The pid file's path is a symlink to somebody's file.",
                "A user who may write the folder makes root's server overwrite any file. Where "
                "only root may write it, as in /run, nobody is harmed."),
    "dangling": ("It makes a file behind a symlink",
                 "The pid file's path is a symlink to nothing.",
                 "A user who may write the folder makes root's server create a file anywhere. "
                 "Where only root may write it, as in /run, nobody is harmed."),
    "hard-link": ("It writes through a hard link",
                  "The pid file's path is a second name of somebody's file.",
                  "The other file is emptied, and holds a pid. Where fs.protected_hardlinks is 1, as "
                  "on Debian, nobody can link what he may not write."),
    "fifo": ("It waits at a FIFO for ever",
             "The pid file's path is a FIFO.",
             "Every start hangs, and neither the supervisor nor the log says why."),
    "quiet-failure": ("It fails with status 0",
                      "The pid file cannot be written.",
                      "The supervisor takes the failure for a success, and nobody serves."),
    "few-descriptors": ("Out of descriptors it fails with status 0",
                        "A start with a small limit of open files, for every limit from 3 on.",
                        "The supervisor takes the failure for a success, and nobody serves."),
    "few-abort": ("Out of descriptors it ends with a signal",
                  "A start with a small limit of open files, for every limit from 3 on.",
                  "The supervisor takes it for a crash, writes a core file and starts it again."),
    "few-hang": ("Out of descriptors it hangs",
                 "A start with a small limit of open files, for every limit from 3 on.",
                 "It looks started, serves nobody, and neither the supervisor nor the log says why."),
    "stranger-silent": ("Another program has the port, and its message does not say so",
                        "python3 listens on the port first.",
                        "Nobody can tell from the log why the server is down."),
    "stranger-status": ("Another program has the port, and it ends with status 0",
                        "python3 listens on the port first.",
                        "The supervisor takes the failure for a success, and nobody serves."),
    "stranger-part": ("Another program has the port, and it goes on without",
                      "python3 listens on 127.0.0.1 first.",
                      "It looks started, and serves none or a part of its clients."),
    "early-term": ("It serves on after a SIGTERM during its start",
                   "SIGTERM to all of it as soon as it listens, up to thirty times.",
                   "A unit that is stopped right after its start serves on."),
    "launcher": ("A signal to the process that was started leaves its child serving",
                 "SIGTERM as soon as it listens, while it goes to the background.",
                 "A start that is taken back at once serves on. A supervisor that signals all "
                 "processes of a service, as systemd does, is not harmed."),
    "stop-client": ("An idle client keeps it from ending",
                    "A client connects and says nothing, then SIGTERM.",
                    "One idle browser keeps the old copy alive, and the restart fails or waits."),
    "stop": ("It does not end on the signal",
             "The signal to the owner that serves. Some give a signal another meaning on "
             "purpose: uwsgi reloads on SIGTERM. The shell apachectl ends and leaves its server.",
             "A supervisor that loses patience kills it, and what it left blocks the next start."),
}

# As a row has room for them.
MARKS = {"pass": "·", "n/a": " ", "skip": "s", "broken": "?"}


def read(name):
    with open(os.path.join(RESULTS, name), errors="replace") as file:
        return file.read()


def rows(name):
    return [line.split("|", 4) for line in read(name).splitlines()]


Program = collections.namedtuple("Program", "name form port file command results found hands")


def load():
    for name, form, port, file, command in rows("commands"):
        if not os.path.exists(os.path.join(RESULTS, f"{name}.{form}.hand")):
            continue  # not checked, or not tried by hand
        text = read(f"{name}.{form}.json")
        if not text.strip():
            continue
        answer = json.loads(text)
        hands = dict(line.split(" ", 1) for line in read(f"{name}.{form}.hand").splitlines())
        results = {result["scenario"]: result for result in answer["results"]}
        if any(result["verdict"] in ("pass", "fail") for result in results.values()):
            yield Program(name, form, port, file, command, results,
                          answer["target"].get("found", {}), hands)


PROGRAMS = list(load())


def load_seen():
    loads = sorted(float(line) for line in read("load").split())
    return f"{loads[0]:.0f} to {loads[-1]:.0f}"


def is_breach(result):
    return result["verdict"] == "fail" and result["severity"] == "breach"


def hand_of(program, scenario):
    """The file that holds what the check by hand printed; None where there was none."""
    recipe = program.hands.get(scenario, "none")
    name = f"hand/{program.name}.{program.form}.{recipe}"
    return name if os.path.exists(os.path.join(RESULTS, name + ".status")) else None


def confirmed(program, scenario):
    hand = hand_of(program, scenario)
    return hand is not None and read(hand + ".status").strip() == "0"


def mark(program, scenario):
    result = program.results.get(scenario)
    if result is None:
        return " "
    if is_breach(result):
        return "**B**" if confirmed(program, scenario) else "?"
    return "w" if result["verdict"] == "fail" else MARKS[result["verdict"]]


def claims():
    """kind -> {hand file -> (program, scenarios)}: one check by hand may stand for several."""
    of_kind = collections.defaultdict(dict)
    for program in PROGRAMS:
        for scenario, result in program.results.items():
            if not is_breach(result) or not confirmed(program, scenario):
                continue
            kind = program.hands[scenario].split(".")[0]
            hand = hand_of(program, scenario)
            of_kind[kind].setdefault(hand, (program, []))[1].append(scenario)
    return of_kind


def tidied(text):
    return re.sub(r"\n{2,}", "\n", text.replace("\0", "\\0")).strip("\n")


def indented(text):
    return "\n".join(("    " + line.expandtabs()[:160]).rstrip() for line in text.splitlines())


def anchor(title):
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def programs_table():
    versions = dict(line.split("\t") for line in read("versions").splitlines())
    packages = dict(line.split() for line in read("packages").splitlines())
    print("| program | Debian's package | command (START) | PORT | FILE | judged "
          "| broken | weaknesses |")
    print("|---|---|---|---|---|---|---|---|")
    for program in PROGRAMS:
        results = program.results.values()
        judged = [result for result in results if result["verdict"] in ("pass", "fail")]
        breaches = [name for name, result in program.results.items() if is_breach(result)]
        sure = sum(confirmed(program, name) for name in breaches)
        weak = sum(r["verdict"] == "fail" and r["severity"] == "weakness" for r in judged)
        package = packages[program.name]
        print(f"| {program.name} {program.form} | {package} {versions.get(package, '')} "
              f"| `{program.command}` | {program.port} | {f'`{program.file}`' if program.file else ''} "
              f"| {len(judged) - len(breaches) + sure} | {sure} | {weak} |")


def big_table():
    names = list(dict.fromkeys(program.name for program in PROGRAMS))
    forms = {(program.name, program.form): program for program in PROGRAMS}
    scenarios = list(dict.fromkeys(s for program in PROGRAMS for s in program.results))
    print("| |" + "|".join(names) + "|")
    print("|---|" + ":-:|" * len(names))
    for scenario in scenarios:
        cells = []
        for name in names:
            pair = [mark(forms[name, form], scenario) if (name, form) in forms else " "
                    for form in FORMS]
            cells.append(" ".join("-" if cell == " " else cell for cell in pair))
        if any(cell != "- -" for cell in cells):
            print(f"|{scenario}|" + "|".join(cells) + "|")


def short_table(of_kind):
    print("\n## In short\n\nWhat was confirmed by hand, in how many scenarios it shows:\n")
    print("| what breaks | program (scenarios) |\n|---|---|")
    for kind in KINDS:
        if not of_kind[kind]:
            continue
        title = KINDS[kind][0]
        count = collections.Counter()
        for program, scenarios in of_kind[kind].values():
            count[f"{program.name} {program.form}"] += len(scenarios)
        names = ", ".join(f"{name} ({n})" for name, n in count.items())
        print(f"| [{title}](#{anchor(title)}) | {names} |")


def kind_section(kind, hands):
    title, what, harm = KINDS[kind]
    print(f"\n### {title}\n\n{what} {harm}\n")
    by_script = collections.defaultdict(list)
    for hand, (program, scenarios) in hands.items():
        by_script[read(hand + ".sh").strip("\n")].append((hand, program, scenarios))
    for script, cases in by_script.items():
        print(f"```sh\n{script}\n```\n")
        for hand, program, scenarios in cases:
            more = f" and {len(scenarios) - 3} more" if len(scenarios) > 3 else ""
            short = ", ".join(scenarios[:3]) + more
            print(f"{program.name} {program.form} ({short}):\n")
            print(indented(tidied(read(hand))) + "\n")


def main():
    of_kind = claims()
    print(read("head").replace("{programs}", str(len({p.name for p in PROGRAMS})))
          .replace("{runs}", str(len(PROGRAMS))).replace("{load}", load_seen()))
    programs_table()
    short_table(of_kind)
    print(read("table-head"))
    big_table()
    print(read("hand-head"))
    print("```sh\n" + read("prelude").strip("\n") + "\n```")
    for kind in KINDS:
        if of_kind[kind]:
            kind_section(kind, of_kind[kind])
    print(read("tail"), end="")


main()
