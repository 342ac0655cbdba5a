#include "harness/sandbox/system_log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

namespace pidfall {
namespace {

// Init collects at once, unless the machine is very busy.
constexpr int kMostLooks = 1000;
constexpr int kLookEveryMs = 1;

UniqueFd BindTo(const std::string& path) {
  UniqueFd bound(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (!bound ||
      bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return {};
  }
  chmod(path.c_str(), 0666);  // for every user
  return bound;
}

}  // namespace

SystemLog::SystemLog(const std::string& path, const std::string& file)
    : socket_(BindTo(path)), file_(file) {}

void SystemLog::Collect() const {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  std::array<char, 8192> message{};
  UniqueFd file;
  for (;;) {
    const ssize_t size = recv(socket(), message.data(), message.size() - 1, MSG_PEEK);
    if (size < 0) return;
    if (!file) file = UniqueFd(open(file_.c_str(), kFlags, 0644));
    message.at(static_cast<size_t>(size)) = '\n';
    (void)!write(file.get(), message.data(), static_cast<size_t>(size) + 1);
    recv(socket(), message.data(), 1, 0);
  }
}

void AwaitCollected(int socket) {
  int waiting = 0;
  for (int look = 0; look < kMostLooks; ++look) {
    if (ioctl(socket, FIONREAD, &waiting) != 0 || waiting == 0) return;
    poll(nullptr, 0, kLookEveryMs);
  }
}

}  // namespace pidfall
