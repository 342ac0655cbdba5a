#include "harness/faults/moment_search.h"

namespace pidfall {
namespace {

bool IsNew(const GuardCall& call) {
  return call.kind == GuardCall::kCreate || call.kind == GuardCall::kReplace;
}

// With nothing looked at since the last moment, it stands where it stood then.
bool MayRestOnLook(const GuardCall& call) {
  const bool writes = call.kind == GuardCall::kWrite;
  return (call.Changes() && !writes) || call.kind == GuardCall::kLock ||
         call.kind == GuardCall::kBind;
}

}  // namespace

bool MomentSearch::IsIt(const GuardCall& call) {
  const bool is_one = IsMoment(call);
  if (is_one) looked_ = false;
  if (call.kind == GuardCall::kLook || call.kind == GuardCall::kOpen) looked_ = true;
  if (!is_one || ++seen_ != nth_) return false;
  when_ = call.When();
  return true;
}

bool MomentSearch::IsMoment(const GuardCall& call) const {
  if (!call.returned) return moments_ == Moments::kChecks && looked_ && MayRestOnLook(call);
  if (call.failed) return false;
  if (call.kind == GuardCall::kListen) return true;
  return moments_ == Moments::kNewFiles ? IsNew(call) : call.Changes() || IsAlso(call);
}

bool MomentSearch::IsAlso(const GuardCall& call) const {
  if (moments_ == Moments::kChecks) return call.kind == GuardCall::kLock;
  return moments_ == Moments::kTouches &&
         (call.kind == GuardCall::kOpen || call.kind == GuardCall::kClose);
}

}  // namespace pidfall
