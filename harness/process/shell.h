// Runs a command line as people and scripts do: by /bin/sh.
//
//   const ShellRun run = RunInShell("echo out; exit 3", std::chrono::seconds(5));
//   run.ending.status   // 3
//   run.output          // "out\n"
#pragma once

#include <string>

#include "harness/process/launch.h"

namespace pidfall {

// With the options of `launch`; its command is set here.
Child StartShell(const std::string& script, LaunchOptions launch);

struct ShellRun {
  bool ended_by_itself = false;  // within the bound
  Ending ending;
  std::string output;  // the first 64 KiB of both streams
};

// Waits until it ends; SIGKILL when `bound` is over. Does not wait for processes that it left in
// the background.
ShellRun RunInShell(const std::string& script, Duration bound, LaunchOptions launch);

// The same, in a process group of its own, which ends with it, and in a minimal environment.
ShellRun RunInShell(const std::string& script, Duration bound);

}  // namespace pidfall
