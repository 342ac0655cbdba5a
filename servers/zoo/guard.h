// What keeps a second copy out, one style at a time.
//
//   const std::unique_ptr<Guard> guard = MakeGuard(settings);
//   guard->Acquire();   // returns to the owner only
//   ...
//   guard->Release();
#pragma once

#include <memory>

#include "servers/zoo/port.h"
#include "servers/zoo/settings.h"

namespace pidfall::zoo {

class Guard {
 public:
  virtual ~Guard() = default;
  // Ends the process as a duplicate, or throws Failure, unless this copy is the owner.
  virtual void Acquire() = 0;
  virtual void Release() = 0;
  // What is executed next, in our place, adopts it.
  virtual void LeaveToSuccessor() {}
  // A child that is no part of the instance holds nothing of the guard.
  virtual void LeaveToParent() {}
  // Whether the holder of the port is a copy of ours: only without a lock is it for the port to
  // say.
  virtual bool IsCopy(const PortHolder&) const { return false; }
};

// The guard uses `settings` as long as it lives. A defect moves the port to another.
std::unique_ptr<Guard> MakeGuard(Settings& settings);

}  // namespace pidfall::zoo
