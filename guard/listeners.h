// The processes that listen on a TCP port of this machine (of this network namespace).
//
//   for (const Listener& listener : Listeners(8767)) ...
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace pidfall::guard {

struct Listener {
  std::string address;  // numeric
  uid_t uid = 0;        // who opened the socket
  pid_t pid = 0;        // 0: a process that this user cannot look into, or that is ending
  std::string program;
};

std::vector<Listener> Listeners(int port);

}  // namespace pidfall::guard
