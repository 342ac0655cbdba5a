#include "harness/incident/incident_template.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "harness/incident/incident.h"
#include "harness/input/bad_input.h"

namespace pidfall {

// Kept readable by the same reader: a test reads it back, and another runs it.
std::string IncidentTemplate(const std::string& id) {
  return "# An incident: what happened, as a timeline, and what must be seen before and after the "
         "fix.\n# Run it:  pidfall incident run " +
         id + ".toml        All keys: docs/incident-file.md\n\nid = \"" + id + R"("
title = "A polite duplicate exits 0, and its supervisor starts it for ever"
source = "owner/repo#1"                 # its address; `incident run owner/repo#1` finds it
# dated = 2025-12-22                    # optional: the day it happened
# see = ["owner/other#2"]               # optional: the same elsewhere
mechanism = "M30: a duplicate exits 0, and the policy restarts every end"
for = "10min"                           # of the supervisor's time; waiting is jumped over

# Who takes part. In a command, {guard} stands for the words below, {port}, {pid_file}, {dir} and
# {run} (empty after a reboot) for what the sandbox chose. {servers}/stand-in is a small server that
# has the faults of public incidents (its --help lists them). Put your own program in its place.
[[actor]]
name = "by-hand"                        # without a policy: started by hand, never restarted
command = ["{servers}/stand-in", "--port", "{port}", "--record", "{pid_file}", "--locked", "{guard}"]

[[actor]]
name = "agent"
policy = "launchd:keepalive"            # as for `supervise --policy`; files are beside this one
command = ["{servers}/stand-in", "--port", "{port}", "--record", "{pid_file}", "--locked", "{guard}"]

# Before and after the fix: every timeline is run with each of them.
[[guard]]
name = "broken"
arguments = ["--duplicate-exit", "0"]
note = "a duplicate exits 0"            # optional

[[guard]]
name = "fixed"
arguments = ["--on-owner", "wait"]
note = "a duplicate stands by"

[[variant]]
name = "by hand first"
# policy = { agent = "docker:always" }  # optional: in place of the actor's own
# start, stop, kill, hang, wake, visit ACTOR; load, unload ACTOR (its supervisor); reboot;
# restart-container; fill-disk; free-disk; write, remove, link, copy, upgrade FILE; and more
events = [
  { at = "0s", do = "start by-hand" },
  { at = "1s", do = "load agent" },
  { at = "8min", do = "stop by-hand" },
]

# The expected outcome. Only `why` is required. A key that is left out is not looked at, but for two
# owners at once and signals to strangers.
[variant.expect.broken]
why = "KeepAlive=true restarts whatever the status: a start every 10 s"
breaks = "C11"                          # the clause that this outcome breaks (guard/CONTRACT.md)
starts = { agent = [42, 50], by-hand = 1 }   # exactly, or [least, most]
statuses = { agent = [0] }              # how it ended by itself; -9: by signal 9; []: not at all
served_within = "12s"                   # after the last owner ended; or "never"
serves = ["agent"]                      # at the end

[variant.expect.fixed]
why = "the agent's copy stands by and takes over"
starts = { agent = 1, by-hand = 1 }
statuses = { agent = [] }
served_within = "1s"
serves = ["agent"]
)";
}

void WriteIncidentTemplate(const std::string& path) {
  const std::filesystem::path file = path;
  if (file.extension() != ".toml" || file.stem().empty()) {
    throw BadInput(path + ": an incident's file ends with .toml");
  }
  std::FILE* stream = std::fopen(path.c_str(), "wxe");
  if (stream == nullptr) {
    throw BadInput("cannot create " + path + ": " + std::generic_category().message(errno));
  }
  const bool written = std::fputs(IncidentTemplate(file.stem()).c_str(), stream) >= 0;
  if (std::fclose(stream) != 0 || !written) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  }
}

}  // namespace pidfall
