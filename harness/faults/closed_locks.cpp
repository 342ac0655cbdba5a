#include "harness/faults/closed_locks.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "harness/kernel/files.h"
#include "harness/kernel/process.h"
#include "harness/kernel/raw_call.h"

namespace pidfall {
namespace {

constexpr int64_t kEndOfFile = std::numeric_limits<int64_t>::max();

// Locks of an open file description (F_OFD_SETLK) do not end so.
bool SetsPosixLock(const Call& call) {
  return call.number == SYS_fcntl &&
         (call.arguments[1] == F_SETLK || call.arguments[1] == F_SETLKW);
}

bool Holds(pid_t pid, const std::string& path) {
  return std::ranges::any_of(HeldLocks(pid),
                             [&](const HeldLock& lock) { return lock.path == path; });
}

}  // namespace

// A database locks its file in parts.
void ClosedLocks::Unlock(const Taken& part) {
  std::erase_if(taken_, [&](const Taken& taken) {
    return taken.path == part.path && taken.begin >= part.begin && taken.end <= part.end;
  });
}

// Its number may be given out again for the same file.
void ClosedLocks::Close(int descriptor) {
  std::erase_if(taken_, [&](const Taken& taken) {
    return taken.descriptor == descriptor &&
           DescriptorTarget(taken.taker, descriptor) != taken.path;
  });
}

void ClosedLocks::See(const Call& call) {
  if (!call.returned || call.result != 0) return;
  if (call.number == SYS_close) return Close(static_cast<int>(call.arguments[0]));
  if (!SetsPosixLock(call)) return;
  struct flock lock {};
  const std::string bytes = ReadBytes(call.thread, call.arguments[2], sizeof(lock));
  if (bytes.empty()) return;
  std::memcpy(&lock, bytes.data(), sizeof(lock));
  const int descriptor = static_cast<int>(call.arguments[0]);
  const Taken part{call.thread, descriptor, DescriptorTarget(call.thread, descriptor), lock.l_start,
                   lock.l_len == 0 ? kEndOfFile : lock.l_start + lock.l_len};
  Unlock(part);  // or taken again, in another mode
  if (lock.l_type == F_WRLCK) taken_.push_back(part);
}

std::string ClosedLocks::LostBy(const std::vector<pid_t>& processes) const {
  for (const pid_t pid : processes) {
    const std::vector<pid_t> threads = Threads(pid);
    for (const Taken& taken : taken_) {
      const bool is_its = std::ranges::find(threads, taken.taker) != threads.end();
      const bool is_open = is_its && DescriptorTarget(pid, taken.descriptor) == taken.path;
      if (is_open && !Holds(pid, taken.path)) return taken.path;
    }
  }
  return "";
}

}  // namespace pidfall
