#include "harness/report/text.h"

#include <fmt/format.h>

#include <cstddef>

#include "harness/input/secrets.h"

namespace pidfall {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  std::size_t length = 1;
  bool valid = false;
  char32_t code = 0;
};

std::size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool IsScalar(char32_t code, std::size_t length) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return code >= kSmallest[length] && code <= 0x10FFFF && !surrogate;
}

Character Decode(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  const std::size_t length = SequenceLength(lead);
  if (length == 0 || length > bytes.size()) return {};
  char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xC0U) != 0x80) return {};
    code = code << 6U | (next & 0x3FU);
  }
  if (!IsScalar(code, length)) return {};
  return {length, true, code};
}

// Characters that reorder the text beside them (Trojan Source, CVE-2021-42574) or break the line.
bool RearrangesText(char32_t code) {
  const bool mark = code == 0x061C || code == 0x200E || code == 0x200F || code == 0xFEFF;
  return mark || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x206F);
}

// C0, DEL and C1 control terminals; U+FFFE and U+FFFF are not characters in XML 1.0.
bool IsPrintable(char32_t code) {
  if (code == '\n' || code == '\t') return true;
  if (code < 0x20 || (code >= 0x7F && code <= 0x9F)) return false;
  return !RearrangesText(code) && code != 0xFFFE && code != 0xFFFF;
}

std::string Escaped(char32_t code) {
  const auto number = static_cast<unsigned>(code);
  return number < 0x100 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{:04x}", number);
}

}  // namespace

std::string CleanText(std::string_view bytes) {
  std::string clean;
  clean.reserve(bytes.size());
  while (!bytes.empty()) {
    const Character next = Decode(bytes);
    if (!next.valid) {
      clean += kReplacement;
    } else if (IsPrintable(next.code)) {
      clean += bytes.substr(0, next.length);
    } else if (!bytes.starts_with("\r\n")) {
      clean += Escaped(next.code);
    }
    bytes.remove_prefix(next.length);
  }
  return clean;
}

std::string JsonWithoutControls(std::string_view json) {
  std::string clean;
  clean.reserve(json.size());
  while (!json.empty()) {
    const Character next = Decode(json);
    const bool stays = !next.valid || IsPrintable(next.code);
    clean += stays ? std::string(json.substr(0, next.length))
                   : fmt::format("\\u{:04x}", static_cast<unsigned>(next.code));
    json.remove_prefix(next.length);
  }
  return clean;
}

std::string CleanLine(std::string_view bytes) {
  std::string line = CleanText(bytes);
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return line;
}

std::string XmlText(std::string_view bytes) {
  std::string xml;
  for (const char c : CleanText(WithoutSecrets(std::string(bytes)))) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '"':
        xml += "&quot;";
        break;
      case '\'':
        xml += "&apos;";
        break;
      default:
        xml += c;
    }
  }
  return xml;
}

std::string DurationText(double ms) {
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  if (ms < 10'000) return fmt::format("{:.1f} s", ms / 1000);
  return fmt::format("{:.0f} s", ms / 1000);
}

}  // namespace pidfall
