#include "harness/faults/network.h"

#include <string>

#include "harness/process/fd.h"
#include "harness/stage/needs.h"
#include "harness/stage/story_end.h"

namespace pidfall {

void LeaveOnePortToTheKernel(Stage& stage, int port) {
  NeedFullSandbox(stage, "a changed range of ports");
  if (port < std::stoi(ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start"))) {
    throw NotApplicable("the kernel gives a port that needs a privilege to no outgoing connection");
  }
  const std::string only = std::to_string(port);
  WriteFile("/proc/sys/net/ipv4/ip_local_port_range", only + " " + only);
  stage.Did("make port " + only + " the only one that the kernel gives to outgoing connections");
}

}  // namespace pidfall
