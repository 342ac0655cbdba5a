#include "harness/faults/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace pidfall {
namespace {

uint32_t MaskOf(FolderEvents events) {
  constexpr uint32_t kNew = IN_CREATE | IN_MOVED_TO;
  constexpr uint32_t kChanges = kNew | IN_MODIFY | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM;
  return events == FolderEvents::kNew ? kNew : kChanges;
}

}  // namespace

FolderWatch::FolderWatch(const std::string& folder, FolderEvents events)
    : events_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!events_ || inotify_add_watch(events_.get(), folder.c_str(), MaskOf(events)) < 0) {
    ThrowErrno("watch " + folder);
  }
}

bool FolderWatch::SawNew() const {
  pollfd event{events_.get(), POLLIN, 0};
  return poll(&event, 1, 0) > 0;
}

bool FolderWatch::Take() const {
  std::array<char, 4096> events{};
  bool took = false;
  while (read(events_.get(), events.data(), events.size()) > 0) took = true;
  return took;
}

}  // namespace pidfall
