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

// With its object, and not the word alone: "kill it".
constexpr char kCommand[] =
    R"((?:sudo )?(?:kill (?:-\w+ )*[\d$]|(?:pkill|killall|fuser|lsof) -?\w))";

// In quotation marks, in brackets, or else up to the end of the line.
std::string CommandIn(const std::string& line) {
  constexpr size_t kLongest = 1000;  // the library's matcher takes stack for each character
  if (line.size() > kLongest) return "";
  static const std::string command = kCommand;
  static const std::regex forms[] = {std::regex(R"((["'`])()" + command + R"(.*?)\1)"),
                                     std::regex(R"((\()()" + command + R"(.*)\))"),
                                     std::regex(R"((^|[\s:])()" + command + R"(.*?)\.?\s*$)")};
  std::smatch found;
  for (const std::regex& form : forms) {
    if (std::regex_search(line, found, form)) return found[2];
  }
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
