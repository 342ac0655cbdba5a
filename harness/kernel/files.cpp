#include "harness/kernel/files.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "harness/kernel/process.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace fs = std::filesystem;
namespace {

std::string ReadLink(const std::string& path) {
  std::error_code gone;
  return fs::read_symlink(path, gone).string();
}

// `process`: its folder in /proc.
std::vector<std::string> DescriptorNumbers(const std::string& process) {
  std::vector<std::string> numbers;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(process + "fd", gone)) {
    numbers.push_back(entry.path().filename().string());
  }
  return numbers;
}

// As in /proc/net/unix.
constexpr std::string_view kListens = "00010000";
constexpr std::string_view kDatagram = "0002";

// "lock:\t1: FLOCK  ADVISORY  WRITE 26731 fe:00:131 0 EOF"
std::string KindOfLock(const std::string& line) {
  if (line.find(" FLOCK ") != std::string::npos) return "flock";
  if (line.find(" LEASE ") != std::string::npos) return "lease";
  return line.find(" OFDLCK ") != std::string::npos ? "OFD" : "POSIX";
}

bool IsShared(std::string_view line) {
  return line.find(" READ ") != std::string_view::npos && line.ends_with(" 0 EOF");
}

}  // namespace

std::vector<HeldLock> HeldLocks(pid_t pid) {
  std::vector<HeldLock> locks;
  const std::string process = FolderWithDescriptors(pid);
  for (const std::string& number : DescriptorNumbers(process)) {
    std::ifstream info(fmt::format("{}fdinfo/{}", process, number));
    for (std::string line; std::getline(info, line);) {
      if (line.compare(0, 5, "lock:") != 0) continue;
      const std::string path = ReadLink(fmt::format("{}fd/{}", process, number));
      locks.push_back({path, KindOfLock(line), IsShared(line)});
    }
  }
  return locks;
}

std::vector<UnixSocket> UnixSockets() {
  std::vector<UnixSocket> sockets;
  std::ifstream in("/proc/net/unix");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string number, references, protocol, flags, type, state;
    UnixSocket socket;
    fields >> number >> references >> protocol >> flags >> type >> state;
    if (!(fields >> socket.inode >> socket.name)) continue;
    socket.listens = flags == kListens;
    socket.takes_clients = socket.listens || type == kDatagram;
    sockets.push_back(socket);
  }
  return sockets;
}

namespace {

// Reads the option of a socket in another process from a copy of the socket.
std::optional<int> SocketOption(pid_t pid, unsigned long inode, int level, int option) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  const std::string folder = FolderWithDescriptors(pid);
  for (const std::string& number : DescriptorNumbers(folder)) {
    if (ReadLink(fmt::format("{}fd/{}", folder, number)) != wanted) continue;
    const UniqueFd copy(
        static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), std::stoi(number), 0)));
    int value = 0;
    socklen_t size = sizeof(value);
    if (!copy || getsockopt(copy.get(), level, option, &value, &size) != 0) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

}  // namespace

bool SharesPort(pid_t pid, unsigned long inode) {
  return SocketOption(pid, inode, SOL_SOCKET, SO_REUSEPORT).value_or(0) != 0;
}

bool TakesIpv4(pid_t pid, unsigned long inode) {
  return SocketOption(pid, inode, IPPROTO_IPV6, IPV6_V6ONLY).value_or(0) == 0;
}

}  // namespace pidfall
