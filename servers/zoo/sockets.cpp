#include "servers/zoo/sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "servers/zoo/console.h"
#include "servers/zoo/identity.h"

namespace pidfall::zoo {
namespace {

constexpr unsigned kListen = 0x0A;

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

std::optional<TcpSocket> ParseLine(const std::string& line) {
  std::array<char, 33> local{};
  unsigned local_port = 0;
  unsigned remote_port = 0;
  unsigned state = 0;
  unsigned long inode = 0;
  const int read =
      std::sscanf(line.c_str(), " %*u: %32[0-9A-F]:%x %*[0-9A-F]:%x %x %*s %*s %*s %*s %*s %lu",
                  local.data(), &local_port, &remote_port, &state, &inode);
  constexpr int kFields = 5;
  if (read != kFields) return std::nullopt;
  return TcpSocket{local.data(), static_cast<int>(local_port), static_cast<int>(remote_port),
                   state == kListen, inode};
}

void AddFrom(const std::string& path, std::vector<TcpSocket>& sockets) {
  if (access(path.c_str(), R_OK) != 0) return;  // a kernel without IPv6
  const std::string table = ReadSmallFile(path);
  if (table.empty()) throw Failure("cannot read", path, EMFILE);
  size_t begin = 0;
  for (size_t end = 0; (end = table.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const auto socket = ParseLine(table.substr(begin, end - begin));
    if (socket) sockets.push_back(*socket);
  }
}

bool Holds(const std::string& process, const std::string& link) {
  const std::string path = "/proc/" + process + "/fd";
  const Folder folder(opendir(path.c_str()), closedir);
  if (!folder) return false;
  while (const dirent* entry = readdir(folder.get())) {
    std::array<char, 64> target{};
    const ssize_t size =
        readlinkat(dirfd(folder.get()), entry->d_name, target.data(), target.size() - 1);
    if (size > 0 && link == target.data()) return true;
  }
  return false;
}

}  // namespace

std::vector<TcpSocket> TcpSockets() {
  std::vector<TcpSocket> sockets;
  AddFrom("/proc/net/tcp", sockets);
  AddFrom("/proc/net/tcp6", sockets);
  return sockets;
}

std::vector<pid_t> ProcessesWith(std::uint64_t inode) {
  std::vector<pid_t> found;
  const std::string link = "socket:[" + std::to_string(inode) + "]";
  const Folder folder(opendir("/proc"), closedir);
  if (!folder) return found;
  while (const dirent* entry = readdir(folder.get())) {
    const pid_t pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid > 0 && Holds(entry->d_name, link)) found.push_back(pid);
  }
  return found;
}

}  // namespace pidfall::zoo
