#include "servers/zoo/sockets.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "servers/zoo/console.h"

namespace pidfall::zoo {
namespace {

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

struct Query {
  nlmsghdr header;
  inet_diag_req_v2 request;
};

[[noreturn]] void Fail(int error) { throw Failure("cannot list", "the machine's sockets", error); }

TcpSocket Read(const inet_diag_msg& message) {
  std::array<char, INET6_ADDRSTRLEN> address{};
  inet_ntop(message.idiag_family, message.id.idiag_src, address.data(), address.size());
  return {address.data(), ntohs(message.id.idiag_sport), ntohs(message.id.idiag_dport),
          message.idiag_inode};
}

// False: the list is complete.
bool ReadBatch(int netlink, std::vector<TcpSocket>& sockets) {
  alignas(nlmsghdr) std::array<char, 16384> buffer{};
  const ssize_t got = recv(netlink, buffer.data(), buffer.size(), 0);
  if (got < 0) Fail(errno);
  auto left = static_cast<unsigned>(got);
  for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(header, left);
       header = NLMSG_NEXT(header, left)) {
    if (header->nlmsg_type == NLMSG_DONE) return false;
    if (header->nlmsg_type == NLMSG_ERROR) Fail(EOPNOTSUPP);
    sockets.push_back(Read(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header))));
  }
  return true;
}

void AddFamily(int netlink, unsigned char family, unsigned char protocol, unsigned states,
               std::vector<TcpSocket>& sockets) {
  Query query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  query.request.sdiag_family = family;
  query.request.sdiag_protocol = protocol;
  query.request.idiag_states = states;
  if (send(netlink, &query, sizeof query, 0) < 0) Fail(errno);
  while (ReadBatch(netlink, sockets)) {
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

// By netlink: /proc/net/tcp walks the whole hash table of connections, ten milliseconds each time.
std::vector<TcpSocket> Sockets(unsigned char protocol, unsigned states) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) Fail(errno);
  std::vector<TcpSocket> sockets;
  try {
    AddFamily(netlink, AF_INET, protocol, states, sockets);
    AddFamily(netlink, AF_INET6, protocol, states, sockets);
  } catch (const Failure&) {
    close(netlink);
    throw;
  }
  close(netlink);
  return sockets;
}

}  // namespace

std::vector<TcpSocket> TcpSockets(unsigned states) { return Sockets(IPPROTO_TCP, states); }

std::vector<TcpSocket> UdpSockets() { return Sockets(IPPROTO_UDP, kAnyState); }

std::vector<pid_t> ProcessesWith(std::uint64_t inode) {
  std::vector<pid_t> found;
  const std::string link = "socket:[" + std::to_string(inode) + "]";
  const Folder folder(opendir("/proc"), closedir);
  if (!folder) return found;
  while (const dirent* entry = readdir(folder.get())) {
    const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid > 0 && Holds(entry->d_name, link)) found.push_back(pid);
  }
  return found;
}

}  // namespace pidfall::zoo
