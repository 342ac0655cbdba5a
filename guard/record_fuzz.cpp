// libFuzzer's target for files that others may have written: records and plain pid files.
//
//   record_fuzz -runs=10000000 guard/record_corpus
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "guard/record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pid = pidfall::guard::ParsePid(text);
  if (pid && *pid <= 0) std::abort();
  const auto record = pidfall::guard::ParseRecord(text);
  if (!record) return 0;
  if (record->pid <= 0) std::abort();
  // A record that was parsed can be formatted, and parses the same again.
  const auto again = pidfall::guard::ParseRecord(pidfall::guard::FormatRecord(*record));
  if (!again || again->pid != record->pid || again->token != record->token) std::abort();
  return 0;
}
