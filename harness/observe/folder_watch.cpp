#include "harness/observe/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace pidfall {

FolderWatch::FolderWatch(const std::string& folder)
    : events_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  constexpr uint32_t kChanges =
      IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM;
  if (!events_ || inotify_add_watch(events_.get(), folder.c_str(), kChanges) < 0) {
    ThrowErrno("watch " + folder);
  }
}

bool FolderWatch::TakeChanges() const {
  std::array<char, 4096> events{};
  bool took = false;
  while (read(events_.get(), events.data(), events.size()) > 0) took = true;
  return took;
}

}  // namespace pidfall
