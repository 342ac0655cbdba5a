// The guards that keep a second copy out, one for each style.
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
  // Returns if this copy is the owner; else ends the process as a duplicate, or throws Failure.
  virtual void Acquire() = 0;
  virtual void Release() = 0;
  // The program that replaces this one by exec adopts the guard.
  virtual void LeaveToSuccessor() {}
  // In a child that is no part of the instance: closes all of the guard.
  virtual void LeaveToParent() {}
  // Whether the holder of the port is a copy of ours: only a style without a lock asks the port.
  virtual bool IsCopy(const PortHolder&) const { return false; }
};

// The guard uses `settings` as long as it lives. One defect changes the port in them.
std::unique_ptr<Guard> MakeGuard(Settings& settings);

}  // namespace pidfall::zoo
