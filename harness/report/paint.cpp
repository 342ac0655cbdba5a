#include "harness/report/paint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace pidfall {

bool WantsColor(ColorMode mode, std::FILE* stream) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return isatty(fileno(stream)) == 1;
}

std::string Paint::Wrap(std::string_view code, std::string_view text) const {
  return on_ ? fmt::format("\x1B[{}m{}\x1B[0m", code, text) : std::string(text);
}

}  // namespace pidfall
