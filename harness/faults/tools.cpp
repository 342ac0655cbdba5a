#include "harness/faults/tools.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <vector>

#include "harness/faults/call_stepper.h"
#include "harness/kernel/raw_call.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr char kUsualPath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string PathOf(const Target& target) {
  for (const std::string& variable : target.environment) {
    if (variable.starts_with("PATH=")) return variable.substr(5);
  }
  const char* ours = getenv("PATH");
  return ours != nullptr ? ours : kUsualPath;
}

std::vector<std::string> FoldersOf(const Target& target) {
  std::vector<std::string> folders;
  std::istringstream path(PathOf(target));
  for (std::string folder; std::getline(path, folder, ':');) {
    if (!folder.empty()) folders.push_back(folder);
  }
  return folders;
}

// Also calls that fail: a shell tries one folder after the other.
class ExecutedTools {
 public:
  explicit ExecutedTools(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  void Note(const Call& call) {
    if (call.returned || call.number != SYS_execve) return;
    const fs::path program = ReadText(call.thread, call.arguments[0]);
    const bool on_path =
        std::find(folders_.begin(), folders_.end(), program.parent_path()) != folders_.end();
    if (on_path && access(program.c_str(), X_OK) == 0) names_.insert(program.filename());
  }

  const std::set<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> folders_;
  std::set<std::string> names_;
};

void StartWatched(Stage& stage, ExecutedTools& tools) {
  Instance& instance = stage.Start({.held = true});
  CallStepper stepper = CallStepper::ForHeld(instance.pid());
  const auto note = [&](const Call& call) {
    tools.Note(call);
    return false;
  };
  Settling settling = SettlingOn(stage);
  const auto is_settled = [&] {
    stage.Update();
    return See(stage, instance, settling).looks().has_value();
  };
  stepper.RunUntil(note, is_settled, stage.target().start_timeout);
  stepper.Release();
}

bool IsProgram(const fs::directory_entry& entry) {
  return !entry.is_directory() && access(entry.path().c_str(), X_OK) == 0;
}

void LinkPrograms(const std::string& from, const std::string& to, const std::string& but) {
  std::error_code ignored;  // a folder of the PATH need not exist
  for (const auto& entry : fs::directory_iterator(from, ignored)) {
    const std::string name = entry.path().filename();
    // The first folder of the PATH wins: a name that is taken stays.
    if (name != but && IsProgram(entry)) {
      fs::create_symlink(entry.path(), fs::path(to) / name, ignored);
    }
  }
}

}  // namespace

std::set<std::string> ToolsOfFirstStart(Stage& stage) {
  ExecutedTools tools(FoldersOf(stage.target()));
  StartWatched(stage, tools);
  stage.EndAll();
  return tools.names();
}

std::set<std::string> ToolsOfContender(Stage& stage) {
  ExecutedTools tools(FoldersOf(stage.target()));
  stage.StartOwner();
  StartWatched(stage, tools);
  stage.EndAll();
  return tools.names();
}

std::string PathWithout(const Stage& stage, const std::string& tool) {
  const std::string folder = stage.harness_folder() + "/path-without-" + tool;
  if (fs::create_directory(folder)) {
    for (const std::string& from : FoldersOf(stage.target())) LinkPrograms(from, folder, tool);
  }
  return "PATH=" + folder;
}

}  // namespace pidfall
