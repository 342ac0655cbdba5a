// Whether a port is free, and the program that has it.
//
//   if (auto taken = AwaitFreePort("127.0.0.1", 8767); !taken.empty()) ... say it and end ...
//   if (bind(...) != 0 && errno == EADDRINUSE) ... DescribeListener("127.0.0.1", 8767) ...
//
// Bind with SO_REUSEADDR, so that connections in TIME_WAIT do not block it; never with
// SO_REUSEPORT, which lets two copies share a port without an error.
//
// The kernel lets 127.0.0.1:8767 and [::1]:8767 be two servers, and "localhost" then reaches
// either: here an address that a client may confuse with ours counts as ours.
#pragma once

#include <string>

namespace pidfall::guard {

// Waits a second for a listener of our own program that is ending. Empty: the port is free, or that
// cannot be found out; else its listener, in words. `host` is a numeric address or "localhost".
std::string AwaitFreePort(const std::string& host, int port);

// "PID 12 (nginx)", or "another user's program"; empty when no process listens.
std::string DescribeListener(const std::string& host, int port);

}  // namespace pidfall::guard
