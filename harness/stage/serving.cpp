#include "harness/stage/serving.h"

#include <algorithm>
#include <set>
#include <string>

#include "harness/kernel/files.h"
#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"

namespace pidfall {
namespace {

std::set<uint64_t> OpenSocketsOf(const std::vector<pid_t>& processes) {
  std::set<uint64_t> open;
  for (const pid_t pid : processes) open.merge(OpenSockets(pid));
  return open;
}

std::vector<TcpSocket> Held(const std::vector<pid_t>& processes, std::vector<TcpSocket> sockets) {
  if (sockets.empty()) return sockets;
  const std::set<uint64_t> open = OpenSocketsOf(processes);
  std::erase_if(sockets, [&](const TcpSocket& socket) { return !open.contains(socket.inode); });
  return sockets;
}

bool AnyHolds(const std::vector<pid_t>& processes, const std::vector<TcpSocket>& sockets) {
  return !Held(processes, sockets).empty();
}

// Where another program has one of two addresses, some servers wait or go on with the other
// address.
size_t AddressesHeld(const std::vector<pid_t>& processes, const std::vector<TcpSocket>& sockets) {
  std::set<std::string> addresses;
  for (const TcpSocket& socket : Held(processes, sockets)) addresses.insert(socket.address);
  return addresses.size();
}

std::vector<TcpSocket> ListenersOn(const Stage& stage, int port) {
  Census& census = stage.census();
  std::vector<TcpSocket> sockets = stage.target().is_udp ? census.UdpSockets() : census.Listeners();
  std::erase_if(sockets, [&](const TcpSocket& socket) { return socket.port != port; });
  return sockets;
}

// The name alone proves nothing: after an unlink it can be bound anew while its first owner lives.
std::set<uint64_t> HeldUnixSockets(const std::vector<pid_t>& processes, const std::string& name) {
  std::set<uint64_t> named;
  for (const UnixSocket& socket : UnixSockets()) {
    if (socket.takes_clients && socket.name == name) named.insert(socket.inode);
  }
  const std::set<uint64_t> open = OpenSocketsOf(processes);
  std::erase_if(named, [&](uint64_t inode) { return !open.contains(inode); });
  return named;
}

// On at least `addresses` addresses, where it has a port.
bool Listen(const Stage& stage, const std::vector<pid_t>& processes, int port, size_t addresses) {
  const Target& target = stage.target();
  if (target.port_changes) return AnyHolds(processes, stage.census().Listeners());
  if (target.unix_socket) return !HeldUnixSockets(processes, *target.unix_socket).empty();
  return AddressesHeld(processes, ListenersOn(stage, port)) >= addresses;
}

bool ServesOn(const Stage& stage, const std::vector<pid_t>& processes, int port, size_t addresses) {
  if (processes.empty()) return false;
  if (!stage.target().listens()) {
    return std::none_of(processes.begin(), processes.end(), WaitsForLock);
  }
  return Listen(stage, processes, port, addresses);
}

}  // namespace

bool Serves(const Stage& stage, const Instance& instance) {
  if (!stage.target().listens() && instance.HasFailed()) return false;
  return Serves(stage, instance.Processes(), instance.port());
}

bool Serves(const Stage& stage, const std::vector<pid_t>& processes, int port) {
  return ServesOn(stage, processes, port, stage.target().addresses);
}

bool ServesInPart(const Stage& stage, const std::vector<pid_t>& processes, int port) {
  return ServesOn(stage, processes, port, 1);
}

bool FirstListens(const Stage& stage, const Instance& instance) {
  return !instance.ended() && Listen(stage, {instance.pid()}, instance.port(), 1);
}

std::set<uint64_t> SocketsOf(const Stage& stage, const Instance& instance) {
  const Target& target = stage.target();
  if (target.unix_socket) return HeldUnixSockets(instance.Processes(), *target.unix_socket);
  std::set<uint64_t> inodes;
  for (const TcpSocket& socket : Held(instance.Processes(), ListenersOn(stage, instance.port()))) {
    inodes.insert(socket.inode);
  }
  return inodes;
}

bool ShareUdpPort(const Stage& stage, const Instance& one, const Instance& other) {
  if (!stage.target().port || stage.target().is_udp || one.port() != other.port()) return false;
  std::vector<TcpSocket> sockets = stage.census().UdpSockets();
  std::erase_if(sockets, [&](const TcpSocket& socket) { return socket.port != one.port(); });
  return AnyHolds(one.Processes(), sockets) && AnyHolds(other.Processes(), sockets);
}

bool ListensAnywhere(const Stage& stage, const Instance& instance) {
  return AnyHolds(instance.Processes(), stage.census().Listeners());
}

void NeedOwnPort(const Stage& stage, const Instance& instance) {
  if (Serves(stage, instance) || !ListensAnywhere(stage, instance)) return;
  throw NotApplicable(instance.name() + " serves on another port, because its own is taken");
}

bool PortIsTaken(const Stage& stage, const Instance& instance) {
  return stage.target().port && !ListenersOn(stage, instance.port()).empty();
}

std::vector<const Instance*> Serving(const Stage& stage, int port) {
  const Census::Look look(stage.census());
  std::vector<const Instance*> serving;
  for (const Instance& instance : stage.instances()) {
    if (instance.port() == port && Serves(stage, instance)) serving.push_back(&instance);
  }
  return serving;
}

}  // namespace pidfall
