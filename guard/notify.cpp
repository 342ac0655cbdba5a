#include "guard/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "guard/descriptor.h"

namespace pidfall::guard {
namespace {

constexpr timeval kReadersPatience = {1, 0};  // a hung service manager must not hang us

// A path, or with a leading @ a name in the abstract namespace, whose first byte is 0. Other kinds
// (vsock) are for virtual machines. 0: there is no such address.
socklen_t ParseAddress(std::string_view name, sockaddr_un* address) {
  if (name.size() < 2 || name.size() > sizeof address->sun_path) return 0;
  if (name.front() != '/' && name.front() != '@') return 0;
  address->sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address->sun_path);
  if (name.front() == '@') address->sun_path[0] = '\0';
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}

}  // namespace

bool Notify(std::string_view text) {
  const char* name = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address = {};
  const socklen_t length = name == nullptr ? 0 : ParseAddress(name, &address);
  if (length == 0) return false;
  const Descriptor sender(socket(AF_UNIX, SOCK_DGRAM, 0));
  if (!sender.valid()) return false;
  fcntl(sender.get(), F_SETFD, FD_CLOEXEC);
  setsockopt(sender.get(), SOL_SOCKET, SO_SNDTIMEO, &kReadersPatience, sizeof kReadersPatience);
  ssize_t sent = -1;
  do {
    sent = sendto(sender.get(), text.data(), text.size(), 0,
                  reinterpret_cast<const sockaddr*>(&address), length);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(text.size());
}

}  // namespace pidfall::guard
