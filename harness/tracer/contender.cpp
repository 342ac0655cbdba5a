#include "harness/tracer/contender.h"

#include <algorithm>
#include <set>

#include "harness/probe/process.h"
#include "harness/probe/sockets.h"

namespace pidfall {

bool Contender::WaitsForLock() const {
  const auto all = Processes();
  return std::any_of(all.begin(), all.end(),
                     [](pid_t process) { return pidfall::WaitsForLock(process); });
}

bool AnyListens(const std::vector<pid_t>& processes, int port) {
  const auto sockets = TcpSocketsOn(port, TcpState::kListen);
  return std::any_of(processes.begin(), processes.end(), [&](pid_t process) {
    const auto open = sockets.empty() ? std::set<uint64_t>() : OpenSockets(process);
    return std::any_of(sockets.begin(), sockets.end(),
                       [&](const TcpSocket& socket) { return open.contains(socket.inode); });
  });
}

}  // namespace pidfall
