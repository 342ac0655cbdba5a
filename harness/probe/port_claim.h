// A port of this machine that nobody takes by accident while the claim lives:
//
//   const PortClaim claim;
//   options.port = claim.port();
//
// A number that was free a moment ago is no claim: in a plain sandbox a server leaves its port and
// comes back, and between the two another sandbox beside it, or any client's connection, may get
// it. So claims lie below the numbers that the kernel gives out by itself (32768 and above), and
// each is a name that only one process has. The kernel forgets it with the process.
#pragma once

#include "harness/process/fd.h"

namespace pidfall {

class PortClaim {
 public:
  // Throws std::system_error where it finds none.
  PortClaim();
  int port() const { return port_; }

 private:
  int port_ = 0;
  UniqueFd name_;
};

}  // namespace pidfall
