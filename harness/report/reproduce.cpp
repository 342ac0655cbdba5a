#include "harness/report/reproduce.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/target/bundled.h"

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

std::string AgainRun(const std::string& server, const std::string& guard,
                     std::string_view scenario) {
  std::string again = "./pidfall run";
  if (server != kDefaultServer) again += " --server " + server;
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

}  // namespace pidfall
