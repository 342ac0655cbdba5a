// A port of this machine that no other program takes by accident while the claim exists:
//
//   const PortClaim claim;
//   options.port = claim.port();
//
// A port that was free a moment ago is no claim: in a plain sandbox a server releases its port and
// binds it again, and between the two another sandbox, or any client's connection, may get it. So
// claims lie below the ports that the kernel chooses by itself (32768 and above), and each is a
// name that only one process has. The kernel frees it with the process.
#pragma once

#include "harness/process/fd.h"

namespace pidfall {

class PortClaim {
 public:
  // Throws std::system_error where no port is free.
  PortClaim();
  int port() const { return port_; }

 private:
  int port_ = 0;
  UniqueFd name_;
};

}  // namespace pidfall
