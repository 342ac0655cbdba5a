#include "harness/cli/usage_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "harness/input/nearest.h"
#include "harness/input/shell_quote.h"

namespace pidfall {
namespace {

constexpr std::size_t kFewestLettersMeant = 2;

const CLI::App& LastCommand(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : LastCommand(*commands.back());
}

// "pidfall explore crash"
std::string PlaceOf(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return (parent == nullptr ? "" : PlaceOf(*parent) + ' ') + command.get_name();
}

std::vector<std::string> SubcommandsOf(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* one : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(one->get_name());
  }
  return names;
}

std::vector<std::string> KnownWords(const CLI::App& command) {
  std::vector<std::string> words = SubcommandsOf(command);
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

// Empty where none is near: a third of the letters may differ.
std::string Meant(const std::string& word, const CLI::App& command) {
  const std::string name = word.substr(0, word.find('='));
  if (name.size() <= kFewestLettersMeant) return "";
  return NearestWithinAThird(name, KnownWords(command));
}

bool TakesServer(const CLI::App& command) {
  return command.get_option_no_throw("--port") != nullptr;
}

// The way to say it with `--`, where the first word begins a server's command.
std::string WayToCheck(const CLI::App& command, const std::vector<std::string>& words,
                       const std::string& program) {
  if (words.front().starts_with('-')) return "";
  const std::string line = ShellCommand(words);
  if (command.get_parent() == nullptr) {
    return fmt::format("; to check a server: {} check -- {}", ShellQuoted(program), line);
  }
  return TakesServer(command) ? "; the server's command comes after --, as in: -- " + line : "";
}

std::string UnknownWordsText(const CLI::App& command, const std::vector<std::string>& words,
                             const std::string& program) {
  const std::string refusal =
      fmt::format("'{}' is not known to {}", words.front(), PlaceOf(command));
  if (const std::string meant = Meant(words.front(), command); !meant.empty()) {
    return fmt::format("{}; the nearest is {}", refusal, meant);
  }
  const std::string way = WayToCheck(command, words, program);
  return refusal + (way.empty() ? " (see --help)" : way);
}

}  // namespace

std::string UsageErrorText(const CLI::App& app, const CLI::ParseError& error,
                           const std::string& program) {
  const CLI::App& command = LastCommand(app);
  const std::vector<std::string> words = app.remaining(true);
  if (!words.empty()) return UnknownWordsText(command, words, program);
  const std::vector<std::string> subcommands = SubcommandsOf(command);
  if (!subcommands.empty()) {
    return fmt::format("{} needs one of {}", PlaceOf(command), fmt::join(subcommands, ", "));
  }
  return fmt::format("{} (see --help)", error.what());
}

}  // namespace pidfall
