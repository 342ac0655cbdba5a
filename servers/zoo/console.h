// The zoo's messages, and its end when it does not serve.
//
//   if (held) EndAsDuplicate(settings, owner);
//   if (file < 0) throw Failure("cannot open", path, errno);
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "servers/zoo/settings.h"

namespace pidfall::zoo {

// Thrown when something other than an owner prevents the start.
struct Failure {
  Failure(std::string what_failed, std::string on_what, int cause)
      : what(std::move(what_failed)), object(std::move(on_what)), error(cause) {}
  std::string what;
  std::string object;
  int error;
};

// With descriptors 0 to 2 closed, messages would be written into the lock file or a socket.
void OpenStandardDescriptors();

// From now on all messages go to the system's log, and none to the output.
void SpeakToSystemLog();

void SayServing(const Settings& settings);
bool Say(std::string_view line);  // false: it could not be written
void Complain(std::string_view line);

[[noreturn]] void EndAsDuplicate(const Settings& settings, pid_t owner);
// A defect: says that it runs because another copy does.
[[noreturn]] void EndAsRunning(const Settings& settings);
[[noreturn]] void EndAsFailure(const Failure& failure);

}  // namespace pidfall::zoo
