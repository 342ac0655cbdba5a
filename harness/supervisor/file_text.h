// The text of a supervisor's file, and the name of the service in it.
//
//   const FileAndName where = SplitAtHash("compose.yaml#web");   // {"compose.yaml", "web"}
//   const std::string text = ReadText(where.file);               // throws BadInput
#pragma once

#include <string>

namespace pidfall {

struct FileAndName {
  std::string file;
  std::string name;  // empty: none is named
};
FileAndName SplitAtHash(const std::string& text);

constexpr std::size_t kMaxTextBytes = 1 << 20;

// Refuses a file with a NUL byte or of more than a mebibyte.
std::string ReadText(const std::string& file);

}  // namespace pidfall
