#include "scenarios/cure.h"

#include <algorithm>
#include <regex>

#include "scenarios/patterns_page.h"

namespace pidfall {
namespace {

std::string_view After(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

// On one line, links by their words, code without its marks.
std::string Plain(std::string text) {
  static const std::regex link(R"(\[([^\]]*)\]\([^)]*\))");
  static const std::regex space(R"(\s+)");
  text = std::regex_replace(std::regex_replace(text, link, "$1"), space, " ");
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string CureIn(std::string_view page, std::string_view family) {
  std::string_view section = After(page, "\n## " + std::string(family) + "\n");
  section = section.substr(0, section.find("\n## "));
  return Plain(std::string(After(section, "**Instead**:")));
}

std::string CureOf(std::string_view family) { return CureIn(PatternsPage(), family); }

}  // namespace pidfall
