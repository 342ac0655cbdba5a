// The safeguard's files as they were before the first start, so that every run begins the same way.
//
//   const FreshState fresh(safeguard);
//   ...                                    // starts, kills
//   fresh.Restore();
//
// Types, modes, owners and contents come back, of folders, links and sockets too; times do not.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

#include "harness/stage/safeguard.h"

namespace pidfall {

struct SavedFile {
  mode_t mode = 0;  // with its type
  uid_t owner = 0;
  gid_t group = 0;
  std::string content{};                       // of a plain file; where a symlink leads to
  std::map<std::string, SavedFile> entries{};  // of a folder
  bool operator==(const SavedFile&) const = default;
};

class FreshState {
 public:
  explicit FreshState(const Safeguard& safeguard);
  void Restore() const;

 private:
  const Safeguard& safeguard_;
  std::map<std::string, SavedFile> files_;  // by path
};

// The files that a start with this pid would leave behind if it ended now, each with its type, mode
// and content. Two moments that leave the same files are the same for every later start: locks,
// sockets and descriptors end with the process.
std::string LeftBehind(const Safeguard& safeguard, pid_t pid);

}  // namespace pidfall
