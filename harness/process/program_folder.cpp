#include "harness/process/program_folder.h"

#include <filesystem>

namespace pidfall {

std::string ProgramFolder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

std::string ServersFolder() {
  const std::string installed = ProgramFolder() + "/../libexec/pidfall";
  return std::filesystem::is_directory(installed) ? installed : ProgramFolder();
}

}  // namespace pidfall
