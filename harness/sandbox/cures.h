// The exact command that brings what the sandbox misses here.
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
