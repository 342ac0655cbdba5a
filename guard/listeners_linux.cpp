#include <arpa/inet.h>
#include <dirent.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

#include "guard/descriptor.h"
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

struct Request {
  nlmsghdr header = {};
  inet_diag_req_v2 body = {};
};

bool Ask(const Descriptor& netlink, unsigned char family, int port) {
  Request request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = family;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = 1U << kListen;
  request.body.id.idiag_sport = htons(static_cast<uint16_t>(port));
  return send(netlink.get(), &request, sizeof request, 0) == sizeof request;
}

Socket Read(const inet_diag_msg& message) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(message.idiag_family, message.id.idiag_src, text, sizeof text);
  return {text, message.idiag_uid, message.idiag_inode};
}

// Reads to the end of the dump; false on an error message.
bool Collect(const Descriptor& netlink, std::vector<Socket>* sockets) {
  alignas(nlmsghdr) char buffer[16384];
  for (;;) {
    const ssize_t got = recv(netlink.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    auto left = static_cast<unsigned int>(got);
    for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return true;
      if (header->nlmsg_type == NLMSG_ERROR) return false;
      sockets->push_back(Read(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header))));
    }
  }
}

// Nothing where the kernel has no tcp_diag, or a sandbox no netlink.
std::optional<std::vector<Socket>> SocketsByNetlink(int port) {
  const Descriptor netlink(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  std::vector<Socket> sockets;
  for (const unsigned char family : {AF_INET, AF_INET6}) {
    if (!netlink.valid() || !Ask(netlink, family, port) || !Collect(netlink, &sockets)) return {};
  }
  return sockets;
}

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

// Walks the table of all the machine's connections: 1 ms where there is much memory; netlink takes
// 10 us.
std::vector<Socket> SocketsByProc(int port) {
  std::vector<Socket> sockets;
  AddSockets("/proc/net/tcp", port, &sockets);
  AddSockets("/proc/net/tcp6", port, &sockets);
  return sockets;
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
  const auto sockets = SocketsByNetlink(port);
  std::vector<Listener> listeners;
  for (const Socket& socket : sockets ? *sockets : SocketsByProc(port)) {
    const pid_t pid = FindProcess(socket.inode);
    listeners.push_back({socket.address, socket.uid, pid, pid == 0 ? "" : Program(pid)});
  }
  return listeners;
}

}  // namespace pidfall::guard
