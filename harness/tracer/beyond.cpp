#include "harness/tracer/beyond.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace pidfall {
namespace {

bool TellsOfOthers(const std::string& path) {
  if (path.starts_with("/proc/sys/")) return false;
  return path == "/proc" || path == "/proc/locks" || path.find("/net/") != std::string::npos;
}

std::string PathOfOpen(const ProcessTree::Stop& stop) {
  const bool has_folder = stop.call.number == SYS_openat;
  const int folder = has_folder ? static_cast<int>(stop.call.arguments[0]) : AT_FDCWD;
  return AbsolutePath(stop.thread, folder, stop.call.arguments[has_folder ? 1 : 0]);
}

bool AsksForSockets(const RawCall& call) {
  return call.number == SYS_socket && call.arguments[0] == AF_NETLINK &&
         call.arguments[2] == NETLINK_SOCK_DIAG;
}

bool SharesMemory(long number) {
  return number == SYS_shmget || number == SYS_semget || number == SYS_msgget;
}

}  // namespace

bool IsOpen(long number) {
#ifdef SYS_open
  if (number == SYS_open) return true;
#endif
  return number == SYS_openat;
}

std::string ViewBeyond(const ProcessTree::Stop& stop) {
  if (AsksForSockets(stop.call)) return "it asks the kernel for sockets";
  if (SharesMemory(stop.call.number)) return "it shares memory or a semaphore";
  if (!IsOpen(stop.call.number)) return "";
  const std::string path = PathOfOpen(stop);
  return TellsOfOthers(path) ? "it reads " + path : "";
}

}  // namespace pidfall
