// Why an acquisition ends early; thrown inside the guard, never out of it.
//
//   throw Refused(Outcome::kTrouble, "cannot open " + path, errno, "make the folder writable");
#pragma once

#include <cstring>
#include <string>

#include "guard/guard.h"

namespace pidfall::guard {

struct Refused {
  Refused(Outcome why, const std::string& what, int error, const std::string& cure)
      : outcome(why), reason(what + (error != 0 ? std::string(": ") + std::strerror(error) : "")) {
    if (!cure.empty()) reason += "; " + cure;
  }
  Outcome outcome;
  std::string reason;
};

}  // namespace pidfall::guard
