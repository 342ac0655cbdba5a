// The folder of this program, with the files that come with it.
//
//   const std::string zoo = ProgramFolder() + "/zoo";
#pragma once

#include <string>

namespace pidfall {

std::string ProgramFolder();

}  // namespace pidfall
