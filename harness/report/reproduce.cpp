#include "harness/report/reproduce.h"

#include <fmt/format.h>

#include "harness/input/shell_quote.h"
#include "harness/target/bundled.h"

namespace pidfall {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += ' ' + ShellQuoted(word);
  return text;
}

}  // namespace

std::string RunCommandLine(const std::string& program, const std::string& server,
                           const std::string& guard, std::string_view scenario) {
  std::string again = ShellQuoted(program) + " run";
  if (server != DefaultServer()) again += " --server " + server;
  return again + fmt::format(" --guard {} --scenario {}", guard, scenario);
}

std::string CheckCommandLine(const std::string& program, const std::vector<std::string>& options,
                             std::string_view scenario, const std::vector<std::string>& command) {
  return fmt::format("{} check{} --scenario {} --{}", ShellQuoted(program), Joined(options),
                     scenario, Joined(command));
}

std::string ExploreCommandLine(const std::string& program, const ExploreRepeat& again) {
  std::string text =
      fmt::format("{} explore {}{}", ShellQuoted(program), again.kind, Joined(again.options));
  if (!again.replay.empty()) text += " --replay " + ShellQuoted(again.replay);
  return again.command.empty() ? text : text + " --" + Joined(again.command);
}

std::string WholeCommandLine(const std::string& program, const std::vector<std::string>& words,
                             const std::vector<std::string>& command) {
  const std::string again = ShellQuoted(program) + Joined(words);
  return command.empty() ? again : again + " --" + Joined(command);
}

std::string IncidentCommandLine(const std::string& program, const IncidentRepeat& again) {
  std::string text = ShellQuoted(program) + " incident run " + ShellQuoted(again.which);
  if (again.real_time) text += " --real-time";
  if (again.port) text += fmt::format(" --port {}", *again.port);
  return again.command.empty() ? text : text + " --" + Joined(again.command);
}

}  // namespace pidfall
