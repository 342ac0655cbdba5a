#include "harness/cli/completions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "harness/input/bad_input.h"
#include "harness/input/shell_quote.h"

namespace pidfall {
namespace {

// An option or a command, as it is typed.
struct Word {
  std::string text;
  std::string help;
  bool takes_value = false;
};

// A command with its place: "explore crash"; the program itself has none.
struct Command {
  std::vector<std::string> path;
  std::vector<Word> words;
};

bool IsHidden(const CLI::Option& option) { return option.get_group().empty(); }

std::vector<Word> WordsOf(const CLI::App& app) {
  std::vector<Word> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back({command->get_name(), command->get_description()});
  }
  for (const CLI::Option* option : app.get_options()) {
    if (IsHidden(*option)) continue;
    const bool takes_value = option->get_items_expected_max() > 0;
    for (const std::string& name : option->get_lnames()) {
      words.push_back({"--" + name, option->get_description(), takes_value});
    }
    for (const std::string& name : option->get_snames()) {
      words.push_back({"-" + name, option->get_description(), takes_value});
    }
  }
  return words;
}

void Collect(const CLI::App& app, std::vector<std::string> path, std::vector<Command>* commands) {
  commands->push_back({path, WordsOf(app)});
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    path.push_back(command->get_name());
    Collect(*command, path, commands);
    path.pop_back();
  }
}

std::string Place(const Command& command) {
  return fmt::format("{}", fmt::join(command.path, " "));
}

// The places of all commands but the program itself, as a pattern of the shell's `case`.
std::string PlacePattern(const std::vector<Command>& commands) {
  std::vector<std::string> places;
  for (const Command& command : commands) {
    if (!command.path.empty()) places.push_back('\'' + Place(command) + '\'');
  }
  return fmt::format("{}", fmt::join(places, "|"));
}

// --- bash

constexpr char kBash[] = R"(# Completions of pidfall for bash.
_pidfall() {{
  local place= words i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${{COMP_WORDS[i]}} != -- ]] || return
    case "${{place:+$place }}${{COMP_WORDS[i]}}" in
      {}) place="${{place:+$place }}${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$place" in
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _pidfall pidfall
)";

std::string BashText(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    std::vector<std::string> words;
    for (const Word& word : command.words) words.push_back(word.text);
    cases += fmt::format("    '{}') words='{}' ;;\n", Place(command), fmt::join(words, " "));
  }
  return fmt::format(kBash, PlacePattern(commands), cases);
}

// --- zsh

constexpr char kZsh[] = R"(#compdef pidfall
# Completions of pidfall for zsh.
local place= word
local -a words_here
for word in "${{(@)words[2,CURRENT-1]}}"; do
  if [[ $word == -- ]]; then
    _files
    return
  fi
  case "${{place:+$place }}$word" in
    {}) place="${{place:+$place }}$word" ;;
  esac
done
case "$place" in
{}esac
_describe pidfall words_here || _files
)";

// _describe ends a word at its first colon.
std::string Described(const Word& word) { return ShellQuoted(word.text + ':' + word.help); }

std::string ZshText(const std::vector<Command>& commands) {
  std::string cases;
  for (const Command& command : commands) {
    cases += fmt::format("  '{}') words_here=(\n", Place(command));
    for (const Word& word : command.words) cases += "    " + Described(word) + '\n';
    cases += "  ) ;;\n";
  }
  return fmt::format(kZsh, PlacePattern(commands), cases);
}

// --- fish

std::string FishCondition(const Command& command) {
  if (command.path.empty()) return "__fish_use_subcommand";
  std::string condition;
  for (const std::string& word : command.path) {
    condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  }
  return condition;
}

std::string FishWord(const Word& word) {
  if (word.text.starts_with("--")) return "-l " + word.text.substr(2);
  return word.text.starts_with('-') ? "-s " + word.text.substr(1) : "-f -a " + word.text;
}

std::string FishText(const std::vector<Command>& commands) {
  std::string text = "# Completions of pidfall for fish.\n";
  for (const Command& command : commands) {
    for (const Word& word : command.words) {
      text += fmt::format("complete -c pidfall -n '{}' {}{} -d {}\n", FishCondition(command),
                          FishWord(word), word.takes_value ? " -r" : "", ShellQuoted(word.help));
    }
  }
  return text;
}

}  // namespace

std::string CompletionsText(const CLI::App& app, const std::string& shell) {
  std::vector<Command> commands;
  Collect(app, {}, &commands);
  if (shell == "bash") return BashText(commands);
  if (shell == "zsh") return ZshText(commands);
  if (shell == "fish") return FishText(commands);
  throw BadInput("--completions: '" + shell + "' is not bash, zsh or fish");
}

}  // namespace pidfall
