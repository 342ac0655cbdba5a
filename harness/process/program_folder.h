// The folder of this very program: what comes with it is beside it.
//
//   const std::string zoo = ProgramFolder() + "/zoo";
#pragma once

#include <string>

namespace pidfall {

std::string ProgramFolder();

}  // namespace pidfall
