// The folder of this program, with the files that come with it.
//
//   const std::string zoo = ProgramFolder() + "/zoo";
#pragma once

#include <string>

namespace pidfall {

std::string ProgramFolder();

// That of the servers that come with it: beside an installed program, or with it in a build.
std::string ServersFolder();

}  // namespace pidfall
