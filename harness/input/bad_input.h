// Errors in the user's input: one clear message, exit status 2, nothing changed.
//
//   throw BadInput("agent.plist", 12, "ThrottleInterval is negative");
#pragma once

#include <stdexcept>
#include <string>

namespace pidfall {

class BadInput : public std::runtime_error {
 public:
  explicit BadInput(const std::string& message) : std::runtime_error(message) {}
  // line 0: the file as a whole.
  BadInput(const std::string& file, int line, const std::string& message)
      : std::runtime_error(file + (line > 0 ? ":" + std::to_string(line) : "") + ": " + message) {}
};

}  // namespace pidfall
