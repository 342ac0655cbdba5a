#include "harness/input/text_parts.h"

namespace pidfall {

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace pidfall
