#include "harness/observe/hint.h"

#include <sstream>

namespace pidfall {
namespace {

constexpr std::string_view kLightBulb = "\xF0\x9F\x92\xA1";

bool Hints(const std::string& line) {
  return line.find(kLightBulb) != std::string::npos || line.find("Try: ") != std::string::npos ||
         line.find("try: ") != std::string::npos;
}

}  // namespace

std::string HintedCommand(std::string_view output) {
  std::istringstream lines{std::string(output)};
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.rfind(": ");
    if (Hints(line) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

}  // namespace pidfall
