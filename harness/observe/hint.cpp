#include "harness/observe/hint.h"

#include <regex>
#include <sstream>

namespace pidfall {
namespace {

constexpr std::string_view kLightBulb = "\xF0\x9F\x92\xA1";

bool Hints(const std::string& line) {
  return line.find(kLightBulb) != std::string::npos || line.find("Try: ") != std::string::npos ||
         line.find("try: ") != std::string::npos;
}

// With what it ends a process, and not the word alone: "kill it". In quotation marks, or else up to
// the end of the line.
std::string CommandIn(const std::string& line) {
  constexpr size_t kLongest = 1000;  // the library's matcher takes stack for each character
  if (line.size() > kLongest) return "";
  static const std::regex kQuoted(
      R"((["'`(])((?:sudo )?(?:kill|pkill|killall|fuser|lsof) [^"'`)]*))");
  static const std::regex kBare(
      R"((?:^|[\s:])((?:sudo )?(?:kill (?:-\w+ )*[\d$]|(?:pkill|killall|fuser|lsof) -?\w).*?)\.?\s*$)");
  std::smatch found;
  if (std::regex_search(line, found, kQuoted)) return found[2];
  if (std::regex_search(line, found, kBare)) return found[1];
  return "";
}

}  // namespace

std::string HintedCommand(std::string_view output) {
  std::istringstream lines{std::string(output)};
  std::string unmarked;
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.rfind(": ");
    if (Hints(line) && colon != std::string::npos) return line.substr(colon + 2);
    if (unmarked.empty()) unmarked = CommandIn(line);
  }
  return unmarked;
}

}  // namespace pidfall
