// libFuzzer's target for what is read out of commands and shell scripts.
//
//   command_fuzz -runs=5000000
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/audit/command_facts.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

void Use(const CommandFacts& facts) {
  const bool ports_exist = std::all_of(facts.ports.begin(), facts.ports.end(),
                                       [](int port) { return port > 0 && port < 65536; });
  const bool is_absolute = facts.pid_file.empty() || facts.pid_file.front() == '/';
  if (!ports_exist || !is_absolute) std::abort();
}

}  // namespace
}  // namespace pidfall

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  pidfall::Use(pidfall::FactsOf({.command = {"/bin/sh", "-c", text}}));
  pidfall::Use(pidfall::FactsOf({.command = {"/bin/sh", "-c", pidfall::ExecLine(text)}}));
  if (const auto words = pidfall::SplitWords(text)) {
    pidfall::Use(pidfall::FactsOf({.command = *words, .working_directory = "/srv"}));
  }
  return 0;
}
