#include "harness/kernel/signal_mask.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "harness/kernel/process.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

// `mask` is a line of /proc/PID/status. None: there is no such process any more.
std::optional<bool> IsIn(const std::string& mask, pid_t thread, int signal) {
  const std::string line = "\n" + mask + ":";
  const std::string status = ReadOrEmpty("/proc/" + std::to_string(thread) + "/status");
  const size_t at = status.find(line);
  if (at == std::string::npos) return std::nullopt;
  const uint64_t signals = strtoull(status.c_str() + at + line.size(), nullptr, 16);
  return (signals >> static_cast<unsigned>(signal - 1) & 1U) != 0;
}

}  // namespace

bool TakesSignal(pid_t thread, int signal) {
  const char state = StateOfThread(thread);
  return state != 'Z' && state != 'X' && !IsIn("SigBlk", thread, signal).value_or(true);
}

bool IgnoresSignal(pid_t pid, int signal) { return IsIn("SigIgn", pid, signal).value_or(false); }

bool CatchesSignal(pid_t pid, int signal) { return IsIn("SigCgt", pid, signal).value_or(false); }

}  // namespace pidfall
