#include "harness/stage/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>

namespace pidfall {

FolderWatch::FolderWatch(const std::string& folder) : events_(inotify_init1(IN_CLOEXEC)) {
  if (!events_ || inotify_add_watch(events_.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO) < 0) {
    ThrowErrno("watch " + folder);
  }
}

bool FolderWatch::SawNew() const {
  pollfd event{events_.get(), POLLIN, 0};
  return poll(&event, 1, 0) > 0;
}

}  // namespace pidfall
