#include "harness/stage/quotation.h"

#include <sstream>

#include "harness/input/secrets.h"

namespace pidfall {

std::string Quotation(const std::string& line) {
  constexpr std::size_t kLongest = 500;
  std::string text = WithoutSecrets(line);
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  const auto is_inside_a_character = [&] {
    return (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U;
  };
  while (end > 0 && is_inside_a_character()) --end;
  return text.substr(0, end) + "... (" + std::to_string(text.size() - end) + " more bytes)";
}

std::string FirstLinesOf(const std::string& output) {
  std::istringstream in(output);
  std::string lines;
  int count = 0;
  for (std::string line; count < 2 && std::getline(in, line); ++count) {
    lines += (count == 0 ? "" : " | ") + Quotation(line);
  }
  return lines;
}

std::string Printed(const std::string& output) {
  const std::string lines = FirstLinesOf(output);
  return lines.empty() ? "nothing" : '"' + lines + '"';
}

}  // namespace pidfall
