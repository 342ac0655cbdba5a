// One call that goes wrong, once: what a replay string of `explore errors` names.
//
//   const Injection one = ParseInjection("beside:start:openat(x.pid)=EACCES");
#pragma once

#include <string>
#include <vector>

#include "harness/tracer/call.h"

namespace pidfall {

struct Injection {
  bool beside_owner = false;  // the start is a contender's; else nobody else is there
  Point::Phase phase = Point::kStart;
  CallName call;
  int error = 0;  // 0: a read or a write that comes to one byte only
  std::string Text() const;
  auto operator<=>(const Injection&) const = default;
};

// Throws BadInput.
Injection ParseInjection(const std::string& text);

// Everything that can go wrong with it.
std::vector<Injection> InjectionsFor(bool beside_owner, Point::Phase phase, const CallName& call);

// The kernel answers so as well when an owner lives: who is told so may refuse as a duplicate does.
bool SpeaksOfAnOwner(const Injection& injection);

// A close that fails has closed all the same.
bool IsMadeAllTheSame(const Injection& injection);

}  // namespace pidfall
