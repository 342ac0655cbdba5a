#include "servers/zoo/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/identity.h"
#include "servers/zoo/sockets.h"

namespace pidfall::zoo {
namespace {

constexpr int kBacklog = 128;
constexpr int kAnswerLimitMs = 200;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address AddressOf(const Settings& settings) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, settings.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<in_port_t>(settings.port));
    address.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, settings.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<in_port_t>(settings.port));
    address.size = sizeof *v6;
  } else {
    throw Failure("not an address:", settings.host, 0);
  }
  return address;
}

void SetOn(int socket, int option) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, option, &on, sizeof on);
}

bool IsUdp(const Settings& settings) { return settings.style == Style::kUdpPort; }

// With SO_REUSEADDR two sockets can have one UDP port.
void SetOptions(int socket, const Settings& settings) {
  if (IsUdp(settings) && !Has(Defect::kSharesUdpPort)) return;
  if (!Has(Defect::kNoReuseaddr)) SetOn(socket, SO_REUSEADDR);
  if (Has(Defect::kReuseport)) SetOn(socket, SO_REUSEPORT);
}

PortHolder HolderOf(std::uint64_t inode) {
  const std::vector<pid_t> pids = ProcessesWith(inode);
  if (pids.empty()) return {};
  const std::string name = ReadSmallFile("/proc/" + std::to_string(pids[0]) + "/comm");
  return {pids[0], name.substr(0, name.find('\n'))};
}

[[noreturn]] void ThrowPortTaken(const Settings& settings) {
  for (const TcpSocket& socket : IsUdp(settings) ? UdpSockets() : TcpSockets(kListening)) {
    if (socket.port == settings.port) throw PortTaken{HolderOf(socket.inode)};
  }
  throw PortTaken{};
}

// The addresses that "localhost" reaches, in either family.
bool IsLocal(std::string_view address) {
  constexpr std::string_view kLocal[] = {"127.0.0.1", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1"};
  return std::ranges::find(kLocal, address) != std::end(kLocal);
}

// Two servers can have the same port on 127.0.0.1 and ::1 without an error, and "localhost" reaches
// either.
void RefuseShadow(const Settings& settings) {
  if (Has(Defect::kShadow) || !IsLocal(settings.host)) return;
  for (const TcpSocket& socket : TcpSockets(kListening)) {
    if (socket.port != settings.port || socket.address == settings.host) continue;
    if (IsLocal(socket.address)) throw PortTaken{HolderOf(socket.inode)};
  }
}

std::string OnPort(const Settings& settings) { return "port " + std::to_string(settings.port); }

// The same request that a supervisor's health check makes; false when nothing comes back soon.
bool AnswersOn(int socket) {
  constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
  if (send(socket, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return false;
  pollfd answer{socket, POLLIN, 0};
  return poll(&answer, 1, kAnswerLimitMs) == 1;
}

}  // namespace

int Listen(const Settings& settings) {
  const Address address = AddressOf(settings);
  if (!IsUdp(settings)) RefuseShadow(settings);
  const int type = IsUdp(settings) ? SOCK_DGRAM : SOCK_STREAM;
  const int listening = socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0);
  if (listening < 0) throw Failure("cannot open a socket for", OnPort(settings), errno);
  SetOptions(listening, settings);
  if (bind(listening, address.get(), address.size) == 0 &&
      (IsUdp(settings) || listen(listening, kBacklog) == 0 || Has(Defect::kListenUnchecked))) {
    return listening;
  }
  const int error = errno;
  close(listening);
  if (error == EADDRINUSE) ThrowPortTaken(settings);
  throw Failure("cannot bind", OnPort(settings), error);
}

std::string Describe(const PortHolder& holder) {
  if (Has(Defect::kStrangerUnnamed)) return "";
  if (holder.pid == 0) return " by a process that is not visible here";
  return " by PID " + std::to_string(holder.pid) + " (" + holder.program + ")";
}

bool Answers(const Settings& settings) {
  const Address address = AddressOf(settings);
  const int asking = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answers = connect(asking, address.get(), address.size) == 0 && AnswersOn(asking);
  close(asking);
  return answers;
}

bool Connects(const Settings& settings) {
  const Address address = AddressOf(settings);
  const int asking = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connects = connect(asking, address.get(), address.size) == 0;
  close(asking);
  return connects;
}

void SignalEveryoneOn(int port) {
  for (const TcpSocket& socket : TcpSockets(kAnyState)) {
    if (socket.inode == 0 || (socket.port != port && socket.remote_port != port)) continue;
    for (const pid_t pid : ProcessesWith(socket.inode)) {
      if (pid != getpid()) kill(pid, SIGTERM);
    }
  }
}

}  // namespace pidfall::zoo
