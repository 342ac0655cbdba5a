// The command that a server's message tells people to run, and what comes of running it.
//
//   const std::string command = HintedCommand(contender.output());   // "kill 31"
//   const Shelled done = RunInShell(command, std::chrono::seconds(5));
#pragma once

#include <string>
#include <string_view>

#include "harness/process/launch.h"

namespace pidfall {

// What follows the last ": " of the line that hints: it has a light bulb or the word "Try". Empty:
// the message hints at nothing.
std::string HintedCommand(std::string_view output);

struct Shelled {
  Ending ending;
  std::string output;
  // A word of the command is no program here.
  bool lacks_a_program() const { return output.find("not found") != std::string::npos; }
};

// By /bin/sh. Ended by SIGKILL when `bound` is over.
Shelled RunInShell(const std::string& command, Duration bound);

}  // namespace pidfall
