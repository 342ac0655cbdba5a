#include "harness/stage/said.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "harness/process/fd.h"
#include "harness/sandbox/system_log.h"
#include "harness/sandbox/view.h"
#include "harness/stage/safeguard_files.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// The last lines of a log describe the end; the rest is about earlier starts.
constexpr off_t kMostOfAFile = 16 << 10;

std::vector<std::string> FilesBelow(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored)) files.push_back(entry.path());
  }
  return files;
}

// A view also shows files that programs outside write meanwhile: the log of a server that runs.
std::vector<std::string> WrittenFiles(const Stage& stage) {
  const View& view = stage.world().view;
  return view.layers.empty() ? FilesBelow(stage.folder()) : Written(view);
}

bool IsWrittenSince(const std::string& path, fs::file_time_type begin) {
  std::error_code gone;
  return fs::is_regular_file(path, gone) && fs::last_write_time(path, gone) >= begin && !gone;
}

std::string EndOf(const std::string& path) try {
  const UniqueFd file = OpenFile(path, O_RDONLY);
  lseek(file.get(), -kMostOfAFile, SEEK_END);  // fails for a shorter file, which is read whole
  return ReadToEnd(file.get(), path, kMostOfAFile);
} catch (const std::system_error&) {
  return "";
}

}  // namespace

std::string SaidBy(const Stage& stage, const Instance& instance) {
  // The kernel stamps files with the time of its last tick.
  constexpr std::chrono::milliseconds kTick{10};
  const auto begin =
      fs::file_time_type::clock::now() -
      std::chrono::duration_cast<fs::file_time_type::duration>(instance.age() + kTick);
  const auto safeguard = SafeguardFiles(stage);
  std::string said = instance.output();
  const World& world = stage.world();
  if (world.system_log_socket >= 0) AwaitCollected(world.system_log_socket);
  if (IsWrittenSince(world.system_log, begin)) said += '\n' + EndOf(world.system_log);
  for (const std::string& path : WrittenFiles(stage)) {
    const bool is_safeguard =
        std::find(safeguard.begin(), safeguard.end(), path) != safeguard.end();
    if (!is_safeguard && IsWrittenSince(path, begin)) said += '\n' + EndOf(path);
  }
  return said;
}

}  // namespace pidfall
