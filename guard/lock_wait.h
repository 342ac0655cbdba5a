// Waiting for the lock: in the kernel's queue, with no polling.
//
//   switch (WaitForLock(fd, deadline)) { case Waited::kLocked: ... }
#pragma once

#include <chrono>
#include <optional>

namespace pidfall::guard {

enum class Waited { kLocked, kTimeOver, kInterrupted, kFailed };  // kFailed: errno says why

Waited WaitForLock(int fd, std::optional<std::chrono::steady_clock::time_point> deadline);

}  // namespace pidfall::guard
