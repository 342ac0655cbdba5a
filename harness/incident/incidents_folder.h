// Where the incidents that come with pidfall are.
//
//   const auto incidents = ReadIncidents(IncidentsFolder());
#pragma once

#include <string>

namespace pidfall {

// Beside an installed program, else in the sources that it was built from.
std::string IncidentsFolder();

}  // namespace pidfall
