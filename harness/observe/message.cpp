#include "harness/observe/message.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "harness/observe/numbers.h"

namespace pidfall {
namespace {

// Python quotes the line of source code below each `  File "...", line N`; Ruby and Node do the
// same in older versions.
std::string WithoutQuotedCode(const std::string& message) {
  std::istringstream lines(message);
  std::string kept;
  bool quoted = false;
  for (std::string line; std::getline(lines, line);) {
    if (!(quoted && line.starts_with("    "))) kept += line + '\n';
    quoted = line.starts_with("  File \"");
  }
  return kept;
}

bool IsPartOfLonger(const std::string& text, size_t begin, size_t end) {
  const auto digit_at = [&](size_t at) { return at < text.size() && isdigit(text[at]) != 0; };
  const bool continues = begin >= 2 && text[begin - 1] == '.' && digit_at(begin - 2);
  const bool goes_on =
      end < text.size() && (text[end] == '.' || text[end] == ':') && digit_at(end + 1);
  return continues || goes_on;
}

bool Matches(const std::string& text, const std::regex& pattern) {
  const auto begin = std::sregex_iterator(text.begin(), text.end(), pattern);
  return std::any_of(begin, std::sregex_iterator(), [&](const std::smatch& match) {
    const auto at = static_cast<size_t>(match.position(1));
    return !IsPartOfLonger(text, at, at + static_cast<size_t>(match.length(1)));
  });
}

}  // namespace

bool NamesPid(const std::string& message, long pid) {
  constexpr char kBefore[] =
      "(?:\\b(?:pids?|process|processes|kill|owner|owned|held|holder|holds|instance|server|daemon|"
      "copy|running|runs|locked)\\b[^0-9\\n]{0,24}|[\\[(<])\\b(";
  const std::regex names(kBefore + std::to_string(pid) + ")\\b", std::regex::icase);
  return Matches(WithoutQuotedCode(message), names);
}

bool NamesNumber(const std::string& message, long number) {
  const std::regex names("\\b(" + std::to_string(number) + ")\\b");
  return Matches(WithoutQuotedCode(message), names);
}

}  // namespace pidfall
