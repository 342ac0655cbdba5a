#include "harness/incident/incidents_folder.h"

#include <filesystem>

#include "harness/target/bundled.h"

namespace pidfall {

std::string IncidentsFolder() {
  const std::string installed = ProgramFolder() + "/../share/pidfall/incidents";
  return std::filesystem::is_directory(installed) ? installed : PIDFALL_INCIDENTS;
}

}  // namespace pidfall
