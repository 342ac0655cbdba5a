// The POSIX locks that a start takes and then loses: the kernel drops all locks that a process has
// on a file when it closes any descriptor of that file, a copy's or a library's for example.
//
//   ClosedLocks locks;
//   locks.See(call);                      // each call of a stepped start
//   locks.LostBy(instance.Processes())    // "/var/lib/x/x.db"; empty: it lost none
//
// A lock whose own descriptor was closed, or that was unlocked, was released on purpose.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/faults/call_stepper.h"

namespace pidfall {

class ClosedLocks {
 public:
  void See(const Call& call);
  // The file of a lock that one of these processes took. It has the lock's descriptor open and
  // never unlocked it, and the lock is gone.
  std::string LostBy(const std::vector<pid_t>& processes) const;

 private:
  struct Taken {
    pid_t taker = 0;  // the thread
    int descriptor = -1;
    std::string path;
    int64_t begin = 0, end = 0;
  };

  void Unlock(const Taken& part);
  void Close(int descriptor);

  std::vector<Taken> taken_;
};

}  // namespace pidfall
