// Colour on a terminal that wants it, plain text elsewhere.
//
//   const Paint paint(WantsColor(ColorMode::kAuto, stdout));
//   out += paint.Red("FAIL");
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace pidfall {

enum class ColorMode { kAuto, kAlways, kNever };

// kAuto: it is a terminal, TERM is not "dumb" and NO_COLOR is unset or empty
// (https://no-color.org).
bool WantsColor(ColorMode mode, std::FILE* stream);

class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string Red(std::string_view text) const { return Wrap("31", text); }
  std::string Green(std::string_view text) const { return Wrap("32", text); }
  std::string Yellow(std::string_view text) const { return Wrap("33", text); }
  std::string Dim(std::string_view text) const { return Wrap("2", text); }
  std::string Bold(std::string_view text) const { return Wrap("1", text); }

 private:
  std::string Wrap(std::string_view code, std::string_view text) const;
  bool on_;
};

}  // namespace pidfall
