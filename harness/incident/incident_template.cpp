#include <cerrno>
#include <cstdio>
#include <system_error>

#include "harness/incident/incident.h"
#include "harness/input/bad_input.h"

namespace pidfall {

// Kept readable by the same reader: a test reads it back.
std::string IncidentTemplate() {
  return R"(# An incident: a dated public failure as a timeline, with the outcome per guard.
# Try it:  pidfall incident run THIS-FILE.toml

id = "ID"                               # the file's name without .toml
title = "What went wrong, in a line"
dated = 2025-12-22                      # the day it was reported
source = "owner/repo#1"                 # its public address; `incident run owner/repo#1` finds it
see = ["owner/other#2"]                 # optional: the same mechanism elsewhere
mechanism = "duplicate exits 0, policy always"
for = "10min"                           # of the supervisor's time; waiting is jumped over

# Who takes part. In a command, {guard} stands for the guard's arguments, {servers} for the folder
# of the bundled servers, and {port}, {pid_file}, {dir} for what the sandbox chose.
[[actor]]
name = "by-hand"                        # without a policy: started by hand, never restarted
command = ["{servers}/serve-task-manager", "{guard}", "--port", "{port}", "--pid-file", "{pid_file}"]

[[actor]]
name = "agent"
policy = "launchd:keepalive"            # a name, or a plist beside this file
command = ["{servers}/serve-task-manager", "{guard}", "--port", "{port}", "--pid-file", "{pid_file}"]

# Before and after the fix: every variant is run with every guard.
[[guard]]
name = "none"
arguments = ["--guard", "none"]
note = "before"                         # optional

[[guard]]
name = "reference"
arguments = ["--guard", "reference", "--on-duplicate", "auto"]

[[variant]]
name = "by hand first"
# policy = { agent = "other.plist" }    # optional: in place of the actor's own
# start, stop, kill, hang (SIGSTOP), wake (SIGCONT) ACTOR; load, unload ACTOR (its supervisor);
# write FILE with text = "...", remove FILE
events = [
  { at = "0s", do = "start by-hand" },
  { at = "1s", do = "load agent" },
  { at = "8min", do = "stop by-hand" },
]

# What must be seen. All but `why` may be left out; what is left out is not looked at.
[variant.expect.none]
why = "status 1 is a failure, and KeepAlive=true restarts whatever the status"
breaks = "C11"                          # the clause, if this outcome breaks one
starts = { agent = [44, 50], by-hand = 1 }   # exactly, or [least, most]
statuses = { agent = [1] }              # how it ended by itself; -9: by signal 9; []: not at all
served_within = "20s"                   # after the last owner went; or "never"
owners = 1                              # the most at one instant; 1 unless set

[variant.expect.reference]
why = "the agent's copy stands by and takes over"
starts = { agent = 1 }
statuses = { agent = [] }
served_within = "1s"
)";
}

void WriteIncidentTemplate(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wxe");
  if (file == nullptr) {
    throw BadInput("cannot create " + path + ": " + std::generic_category().message(errno));
  }
  const bool written = std::fputs(IncidentTemplate().c_str(), file) >= 0;
  if (std::fclose(file) != 0 || !written) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  }
}

}  // namespace pidfall
