// Runs a command line as people and scripts do: by /bin/sh.
//
//   const ShellRun run = RunInShell("echo out; exit 3", std::chrono::seconds(5));
//   run.ending.status   // 3
//   run.output          // "out\n"
#pragma once

#include <string>

#include "harness/process/launch.h"

namespace pidfall {

// `launch` says how; its command is the shell's.
Child StartShell(const std::string& script, LaunchOptions launch);

struct ShellRun {
  bool ended_by_itself = false;  // within the bound
  Ending ending;
  std::string output;  // the first 64 KiB of both streams
};

// Until it ends; by SIGKILL when `bound` is over. A process that it left in the background is not
// waited for.
ShellRun RunInShell(const std::string& script, Duration bound, LaunchOptions launch);

// In a process group of its own, all of which ends with it, and in the plainest environment.
ShellRun RunInShell(const std::string& script, Duration bound);

}  // namespace pidfall
