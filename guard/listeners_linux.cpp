#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

#include "guard/listeners.h"
#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

constexpr unsigned int kListen = 0x0A;  // TCP_LISTEN in /proc/net/tcp

struct Socket {
  std::string address;
  uid_t uid = 0;
  unsigned long inode = 0;
};

// The kernel prints each 32-bit word of the address in the machine's byte order.
std::string Numeric(const std::string& hex) {
  unsigned char bytes[16] = {};
  for (size_t word = 0; word < hex.size() / 8; ++word) {
    const auto value =
        static_cast<uint32_t>(std::strtoul(hex.substr(word * 8, 8).c_str(), nullptr, 16));
    std::memcpy(bytes + word * 4, &value, sizeof value);
  }
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(hex.size() == 8 ? AF_INET : AF_INET6, bytes, text, sizeof text);
  return text;
}

void AddSockets(const char* table, int port, std::vector<Socket>* sockets) {
  std::ifstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    char address[33] = "";
    int local = 0;
    unsigned int state = 0;
    uid_t uid = 0;
    unsigned long inode = 0;
    if (std::sscanf(line.c_str(), " %*d: %32[0-9A-F]:%x %*[0-9A-F:] %x %*s %*s %*s %u %*d %lu",
                    address, reinterpret_cast<unsigned int*>(&local), &state, &uid, &inode) == 5 &&
        state == kListen && local == port) {
      sockets->push_back({Numeric(address), uid, inode});
    }
  }
}

using OpenFolder = std::unique_ptr<DIR, int (*)(DIR*)>;

bool HasOpen(const std::string& process, unsigned long inode) {
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  const OpenFolder opened(opendir((process + "/fd").c_str()), closedir);
  while (const dirent* entry = opened == nullptr ? nullptr : readdir(opened.get())) {
    char target[64];
    const std::string path = process + "/fd/" + entry->d_name;
    const ssize_t n = readlink(path.c_str(), target, sizeof target);
    if (n > 0 && wanted == std::string_view(target, static_cast<size_t>(n))) return true;
  }
  return false;
}

pid_t FindProcess(unsigned long inode) {
  const OpenFolder opened(opendir("/proc"), closedir);
  while (const dirent* entry = opened == nullptr ? nullptr : readdir(opened.get())) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid > 0 && HasOpen(std::string("/proc/") + entry->d_name, inode)) return pid;
  }
  return 0;
}

std::string Program(pid_t pid) {
  const std::string name = ReadSmallFile("/proc/" + std::to_string(pid) + "/comm");
  return name.substr(0, name.find('\n'));
}

}  // namespace

std::vector<Listener> Listeners(int port) {
  std::vector<Socket> sockets;
  AddSockets("/proc/net/tcp", port, &sockets);
  AddSockets("/proc/net/tcp6", port, &sockets);
  std::vector<Listener> listeners;
  for (const Socket& socket : sockets) {
    const pid_t pid = FindProcess(socket.inode);
    listeners.push_back({socket.address, socket.uid, pid, pid == 0 ? "" : Program(pid)});
  }
  return listeners;
}

}  // namespace pidfall::guard
