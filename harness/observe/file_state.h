// The file at a path, to see later whether it was changed.
//
//   const FileState before = ReadState("/run/server.pid");
//   ...
//   if (ReadState("/run/server.pid") != before) ...
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace pidfall {

// Two states are equal when nothing was changed.
struct FileState {
  bool exists = false;
  std::string content;  // of a plain file
  uint64_t inode = 0;
  mode_t mode = 0;
  uid_t owner = 0;
  int64_t modified_ns = 0;
  // An empty file that was emptied again counts as unchanged, although its time differs.
  bool operator==(const FileState& other) const;
  std::string Describe() const;
};

// No link is followed, and no FIFO is opened.
FileState ReadState(const std::string& path);

// The contents are the same except for the digits in them.
bool IsLike(const FileState& file, const FileState& other);
// The same of its content and the beginning of the other's.
bool IsLikeBeginningOf(const FileState& file, const FileState& other);

// A file's content for evidence: in quotation marks, short, and printable.
std::string Excerpt(const std::string& content);

}  // namespace pidfall
