#include "harness/report/reproduce.h"

#include <fmt/format.h>

#include "harness/input/shell_quote.h"
#include "harness/target/bundled.h"

namespace pidfall {
std::string AgainRun(const std::string& server, const std::string& guard,
                     std::string_view scenario) {
  std::string again = "./pidfall run";
  if (server != DefaultServer()) again += " --server " + server;
  return again + fmt::format(" --guard {} --scenario {}", guard, scenario);
}

std::string AgainCheck(const std::vector<std::string>& options, std::string_view scenario,
                       const std::vector<std::string>& command) {
  std::string again = "pidfall check";
  for (const std::string& option : options) again += ' ' + ShellQuoted(option);
  again += fmt::format(" --scenario {} --", scenario);
  for (const std::string& word : command) again += ' ' + ShellQuoted(word);
  return again;
}

std::string AgainIncident(const std::string& which, bool real_time,
                          const std::vector<std::string>& command) {
  std::string again = "./pidfall incident run " + ShellQuoted(which);
  if (real_time) again += " --real-time";
  if (!command.empty()) again += " --";
  for (const std::string& word : command) again += ' ' + ShellQuoted(word);
  return again;
}

}  // namespace pidfall
