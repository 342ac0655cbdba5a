#include "harness/process/program_folder.h"

#include <filesystem>

namespace pidfall {

std::string ProgramFolder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace pidfall
