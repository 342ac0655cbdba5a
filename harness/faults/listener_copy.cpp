#include "harness/faults/listener_copy.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "harness/kernel/sockets.h"

namespace pidfall {
namespace {

std::set<uint64_t> ListenersOn(int port) {
  std::set<uint64_t> inodes;
  for (const TcpSocket& socket : TcpSocketsOn(port, TcpState::kListen)) inodes.insert(socket.inode);
  return inodes;
}

UniqueFd CopyDescriptor(pid_t pid, int fd) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  UniqueFd copy(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
  if (!copy) ThrowErrno("copy descriptor " + std::to_string(fd) + " of " + std::to_string(pid));
  return copy;
}

}  // namespace

UniqueFd CopyListener(const std::vector<pid_t>& processes, int port) {
  const std::set<uint64_t> listeners = ListenersOn(port);
  for (const pid_t pid : processes) {
    std::error_code ended;
    const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
    for (const auto& entry : std::filesystem::directory_iterator(folder, ended)) {
      struct stat info {};
      if (stat(entry.path().c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) continue;
      if (!listeners.contains(info.st_ino)) continue;
      return CopyDescriptor(pid, std::stoi(entry.path().filename()));
    }
  }
  return {};
}

}  // namespace pidfall
