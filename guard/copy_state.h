// What one copy of a guarded program is to the others: the answer for a readiness probe. Asked and
// never taken, as in query.h.
//
//   const Copy copy = AskCopy("/data/x.pid", 1);
//   if (copy.state == CopyState::kStandingBy) ...
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "guard/guard.h"

namespace pidfall::guard {

// The values are exit statuses: the LSB's for `status`, and two of those that it leaves to
// programs.
enum class CopyState {
  kOwner = 0,        // and ready, as far as it tells
  kNone = 3,         // no such process, or not one of this program
  kUnknown = 4,      // `why` says what could not be told
  kStarting = 150,   // the owner, not ready yet
  kStandingBy = 151  // alive, serves nothing, takes over when the owner goes
};

struct Copy {
  CopyState state = CopyState::kUnknown;
  std::string why = {};
};

Copy AskCopy(const std::filesystem::path& pid_file, pid_t pid);

// Who waits for the owner to go, as far as this user may see. (Linux; nobody elsewhere.)
std::vector<pid_t> StandingBy(const std::filesystem::path& pid_file);

}  // namespace pidfall::guard
