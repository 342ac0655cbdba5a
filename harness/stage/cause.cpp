#include "harness/stage/cause.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string_view>

namespace pidfall {
namespace {

// In lower case. What people write themselves counts as well.
struct Words {
  int error;
  std::array<std::string_view, 4> any;
};

constexpr Words kWords[] = {
    {EACCES, {"permission", "eacces", "denied", "not permitted"}},
    {EADDRINUSE, {"in use", "eaddrinuse", "already used", "occupied"}},
    {ENOENT, {"no such", "enoent", "not exist", "nonexist"}},
    {ENOSPC, {"no space", "enospc", "disk full", "is full"}},
    {EROFS, {"read-only", "erofs", "readonly", "not writable"}},
};

std::string InLowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool SaysNumber(const std::string& said, int error) {
  const std::string number = std::to_string(error);
  return std::ranges::any_of(std::array{"errno ", "errno=", "error "}, [&](const char* before) {
    const size_t at = said.find(before + number);
    if (at == std::string::npos) return false;
    const size_t after = at + std::string_view(before).size() + number.size();
    return after == said.size() || std::isdigit(static_cast<unsigned char>(said[after])) == 0;
  });
}

}  // namespace

bool SaysCause(const std::string& output, int error) {
  const std::string said = InLowerCase(output);
  if (SaysNumber(said, error)) return true;
  return std::ranges::any_of(kWords, [&](const Words& words) {
    return words.error == error && std::ranges::any_of(words.any, [&](std::string_view word) {
             return said.find(word) != std::string::npos;
           });
  });
}

}  // namespace pidfall
