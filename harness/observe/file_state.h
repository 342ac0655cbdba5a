// What stands at a path, to see later whether anybody changed it.
//
//   const FileState before = ReadState("/run/server.pid");
//   ...
//   if (ReadState("/run/server.pid") != before) ...
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace pidfall {

// Two states are equal when nobody has changed anything.
struct FileState {
  bool exists = false;
  std::string content;  // of a plain file
  uint64_t inode = 0;
  mode_t mode = 0;
  uid_t owner = 0;
  int64_t modified_ns = 0;
  // An empty file that was emptied again is as it was, whatever its time says.
  bool operator==(const FileState& other) const;
  std::string Describe() const;
};

// No link is followed, and no FIFO is opened.
FileState ReadState(const std::string& path);

// How evidence shows a file's content: in quotation marks, short, and printable.
std::string Excerpt(const std::string& content);

}  // namespace pidfall
