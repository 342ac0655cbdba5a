// The port: how the server gets it, and which other processes use it.
//
//   const int listening = Listen(settings);   // throws PortTaken or Failure
#pragma once

#include <sys/types.h>

#include <string>

#include "servers/zoo/settings.h"

namespace pidfall::zoo {

struct PortHolder {
  pid_t pid = 0;  // 0: a process that we may not look into
  std::string program;
};

struct PortTaken {
  PortHolder holder;
};

int Listen(const Settings& settings);
std::string Describe(const PortHolder& holder);  // " by PID 31 (python3)"

// Whether a request on our port is answered soon.
bool Answers(const Settings& settings);
// Whether any process accepts a connection to our port.
bool Connects(const Settings& settings);
// Does what `lsof -ti :PORT | xargs kill` does.
void SignalEveryoneOn(int port);

}  // namespace pidfall::zoo
