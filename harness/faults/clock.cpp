#include "harness/faults/clock.h"

#include <filesystem>

#include "harness/process/fd.h"
#include "harness/sandbox/mounts.h"
#include "harness/stage/needs.h"
#include "harness/stage/safeguard_files.h"

namespace pidfall {

void ShowInstead(Stage& stage, const std::string& proc_path, const std::string& content) {
  NeedFullSandbox(stage, "a changed " + proc_path);
  const std::string source =
      stage.harness_folder() + "/" + std::filesystem::path(proc_path).filename().string();
  WriteFile(source, content);
  BindOver(proc_path, source);
  stage.Did("change " + proc_path);
}

void ShowLaterBootTime(Stage& stage, std::chrono::seconds by) {
  const std::string field = "btime ";
  std::string stat = ReadFile("/proc/stat");
  const std::size_t at = stat.find(field) + field.size();
  const std::size_t end = stat.find('\n', at);
  const long time = std::stol(stat.substr(at, end - at)) + by.count();
  ShowInstead(stage, "/proc/stat", stat.replace(at, end - at, std::to_string(time)));
}

void LetTimePass(Stage& stage, Duration time) {
  stage.WaitUntil([] { return false; }, time);
}

void ShiftFileTimes(Stage& stage, std::chrono::seconds shift) {
  for (const std::string& file : SafeguardFiles(stage)) {
    const auto before = std::filesystem::last_write_time(file);
    std::filesystem::last_write_time(file, before + shift);
    stage.Did("shift the time of " + file + " by " + std::to_string(shift.count()) + " s");
  }
}

}  // namespace pidfall
