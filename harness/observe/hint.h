// The command that a server's message tells people to run.
//
//   HintedCommand("In use by PID 31\nTry: kill 31\n")   // "kill 31"
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// The text after the last ": " of the line with the hint, which has a light bulb or the word "Try";
// else the first command in it that ends processes (kill, pkill, killall, fuser, lsof ... | ...).
// Empty: the message has no hint.
std::string HintedCommand(std::string_view output);

}  // namespace pidfall
