// The exact command that enables a feature that the sandbox misses on this machine.
//
//   std::string cure = CureOfMounts();   // "docker run --privileged ..." in a container
#pragma once

#include <string>

namespace pidfall {

std::string CureOfNamespaces();
std::string CureOfMounts();
std::string CureOfSecondUser();
std::string CureOfPtrace();

}  // namespace pidfall
