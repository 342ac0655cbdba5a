#include "harness/supervisor/service_folder.h"

#include <filesystem>
#include <system_error>

#include "harness/input/bad_input.h"

namespace pidfall {

namespace fs = std::filesystem;

ServiceFolder ReadServiceFolder(const std::string& folder,
                                const std::vector<std::string>& not_simulated) {
  std::error_code error;
  const fs::path path = fs::absolute(folder, error).lexically_normal();
  const fs::path run = path / "run";
  if (!fs::exists(run, error)) {
    throw BadInput(folder + ": no service folder: it has no program `run`");
  }
  ServiceFolder read;
  read.service.job.label = (path.has_filename() ? path : path.parent_path()).filename();
  read.service.job.command = {run};
  read.service.job.working_directory = path;
  read.down = fs::exists(path / "down", error);
  for (const std::string& name : not_simulated) {
    if (!fs::exists(path / name, error)) continue;
    read.service.notes.push_back((path / name).string() + " is not simulated");
  }
  return read;
}

}  // namespace pidfall
