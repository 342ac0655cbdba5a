#include "harness/probe/signal_mask.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/probe/process.h"
#include "harness/process/fd.h"

namespace pidfall {

bool TakesSignal(pid_t thread, int signal) {
  const char state = StateOfThread(thread);
  if (state == 'Z' || state == 'X') return false;
  constexpr std::string_view kBlocked = "\nSigBlk:";
  const std::string status = ReadOrEmpty("/proc/" + std::to_string(thread) + "/status");
  const size_t at = status.find(kBlocked);
  if (at == std::string::npos) return false;
  const uint64_t blocked = strtoull(status.c_str() + at + kBlocked.size(), nullptr, 16);
  return (blocked >> static_cast<unsigned>(signal - 1) & 1U) == 0;
}

}  // namespace pidfall
