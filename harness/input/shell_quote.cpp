#include "harness/input/shell_quote.h"

#include <algorithm>

namespace pidfall {
namespace {

bool IsPlain(unsigned char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return alphanumeric ||
         std::string_view("%+,-./:=@_").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

std::string ShellQuoted(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted + '\'';
}

std::string ShellCommand(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) command += (command.empty() ? "" : " ") + ShellQuoted(word);
  return command;
}

std::vector<std::string> ExecutedByShell(const std::string& command) {
  return {"/bin/sh", "-c", "exec " + command};
}

}  // namespace pidfall
