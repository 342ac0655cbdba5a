// The main function of each of the three servers: options, guard, port, stop.
//
//   int main(int argc, char** argv) { return ServerMain(kTaskManager, argc, argv); }
#pragma once

#include "servers/service.h"

namespace pidfall::servers {

inline constexpr int kBadUsage = 2;
inline constexpr int kFailure = 74;  // sysexits' EX_IOERR: not 0, not 1, not a duplicate's status

// Ends the process.
[[noreturn]] void ServerMain(const Service& service, int argc, char** argv);

}  // namespace pidfall::servers
