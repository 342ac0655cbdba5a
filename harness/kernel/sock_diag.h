// The TCP sockets of this network namespace in one state, from the kernel by netlink.
//
// A read of /proc/net/tcp walks the table of all connections of all namespaces twice: 1 ms on a
// machine with much memory, where netlink lists the listeners in 10 us.
#pragma once

#include <optional>
#include <vector>

#include "harness/kernel/sockets.h"

namespace pidfall {

// None where the kernel has no tcp_diag, or PIDFALL_NO_SOCK_DIAG hides it.
std::optional<std::vector<TcpSocket>> SocketsBySockDiag(TcpState state);

}  // namespace pidfall
