// The moments of a start at which it can be held: before or after a call that touches the
// safeguard.
//
//   MomentSearch search(Moments::kChanges, 2);
//   while (!search.IsIt(next_call)) ...   // until the second one
#pragma once

#include <string>

#include "harness/faults/guard_calls.h"

namespace pidfall {

// The moments that count. Those after listen always count, too.
enum class Moments {
  kNewFiles,  // after something was created, or renamed into place
  kChanges,   // after any change of the safeguard's files
  kChecks,    // the same; and before each change that a check may have led to, and after a lock
  kTouches,   // after changes, and after a file was opened or closed
};

// Counts them.
class MomentSearch {
 public:
  MomentSearch(Moments moments, int nth) : moments_(moments), nth_(nth) {}

  // It is the one that was asked for.
  bool IsIt(const GuardCall& call);

  // "after it created x.pid"; empty until it came.
  const std::string& when() const { return when_; }

 private:
  bool IsMoment(const GuardCall& call) const;
  bool IsAlso(const GuardCall& call) const;

  Moments moments_;
  int nth_;
  int seen_ = 0;
  bool looked_ = false;
  std::string when_;
};

}  // namespace pidfall
