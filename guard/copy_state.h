// The state of one copy of a guarded program: the answer for a readiness probe. Asking never takes
// the lock, as in query.h.
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
  kOwner = 0,        // and ready, as far as it says
  kNone = 3,         // no such process, or not one of this program
  kUnknown = 4,      // `why` gives the reason
  kStarting = 150,   // the owner, not ready yet
  kStandingBy = 151  // alive, serves nothing, takes over when the owner ends
};

struct Copy {
  CopyState state = CopyState::kUnknown;
  std::string why = {};
};

Copy AskCopy(const std::filesystem::path& pid_file, pid_t pid);

// The processes that wait for the owner to go, as far as this user may see. (Linux; else empty.)
std::vector<pid_t> StandingBy(const std::filesystem::path& pid_file);

}  // namespace pidfall::guard
