#include "harness/stage/quotation.h"

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

}  // namespace pidfall
