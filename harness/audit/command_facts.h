// The plain facts in a service's command: its program and arguments, its ports, its pid file.
//
//   const CommandFacts facts = FactsOf({.command = {"/bin/sh", "-c", "exec web --port 8080"}});
//   facts.words   // {"web", "--port", "8080"}
//   facts.ports   // {8080}
#pragma once

#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

struct CommandFacts {
  std::vector<std::string> words;  // without a shell and variables in front of them
  bool is_script = false;          // a shell's: what it runs in the end cannot be told
  std::vector<int> ports;          // of the job, and in --port, --listen, PORT= and the like
  std::string pid_file;            // absolute; empty: none that is plain to see
  // The value of --on-duplicate where pidfall-guard stands before the command: "exit", "wait",
  // "takeover", "auto"; empty: it is not there, or its patience ends.
  std::string guards_duplicate;
};

// Reads no file.
CommandFacts FactsOf(const Job& job);

// The only command that a shell script executes in its own place; empty where there is none, where
// there are two, or where the shell would change it.
std::string ExecLine(const std::string& script);

}  // namespace pidfall
