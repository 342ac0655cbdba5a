#include "harness/cli/incidents_folder.h"

#include <filesystem>

#include "harness/cli/bundled.h"

namespace pidfall {

std::string IncidentsFolder() {
  const std::string installed = ProgramFolder() + "/../share/pidfall/incidents";
  return std::filesystem::is_directory(installed) ? installed : PIDFALL_INCIDENTS;
}

}  // namespace pidfall
