// A target, completed by a probing start: whether it can be judged at all, and its other parts.
//
//   const ProbeAnswer answer = ProbeTarget(target, {.unsandboxed = false});
//   if (answer.failure == ProbeFailure::kNone) RunAll(answer.target);
#pragma once

#include "harness/target/found.h"
#include "harness/target/target.h"

namespace pidfall {

enum class ProbeFailure {
  kNone,
  kNeverServed,
  kChangesPort,  // at each start, without a file that tells two copies apart
};

struct ProbeAnswer {
  ProbeFailure failure = ProbeFailure::kNone;
  Target target;  // complete; after a failure as it was asked for
  Found found;
};

struct ProbeOptions {
  bool unsandboxed = false;  // the user allows faults to real files and ports
};

// One start of it, in a sandbox. A placeholder in its command lets the sandbox choose the value.
// Throws BadInput.
ProbeAnswer ProbeTarget(const Target& target, const ProbeOptions& options);

}  // namespace pidfall
