// The text of a supervisor's file, and where in a file a service is meant.
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

// A NUL byte, or more than a mebibyte, is no such file.
std::string ReadText(const std::string& file);

}  // namespace pidfall
