#include "harness/supervisor/file_text.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/input/bad_input.h"

namespace pidfall {

FileAndName SplitAtHash(const std::string& text) {
  const std::size_t hash = text.rfind('#');
  if (hash == std::string::npos) return {text, ""};
  return {text.substr(0, hash), text.substr(hash + 1)};
}

std::string ReadText(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::array<char, 16'384> part{};
  while (text.size() <= kMaxTextBytes && (in.read(part.data(), part.size()) || in.gcount() > 0)) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) throw BadInput(file, 0, std::strerror(errno));
  if (text.size() > kMaxTextBytes) throw BadInput(file, 0, "more than 1 MiB");
  if (text.find('\0') != std::string::npos) throw BadInput(file, 0, "not a text file");
  return text;
}

}  // namespace pidfall
