// One call that fails once: the meaning of a replay string of `explore errors`.
//
//   const Injection one = ParseInjection("beside:start:openat(x.pid)=EACCES");
#pragma once

#include <string>
#include <vector>

#include "harness/tracer/call.h"

namespace pidfall {

struct Injection {
  bool beside_owner = false;  // the start is a contender's; else there is no owner
  Point::Phase phase = Point::kStart;
  CallName call;
  int error = 0;  // 0: a read or a write of only one byte
  std::string Text() const;
  auto operator<=>(const Injection&) const = default;
};

// Throws BadInput.
Injection ParseInjection(const std::string& text);

// All failures that are possible for the call.
std::vector<Injection> InjectionsFor(bool beside_owner, Point::Phase phase, const CallName& call);

// The kernel gives the same error when an owner lives: so the start may end like a duplicate.
bool SpeaksOfAnOwner(const Injection& injection);

// A close that fails has still closed the file.
bool IsMadeAllTheSame(const Injection& injection);

}  // namespace pidfall
