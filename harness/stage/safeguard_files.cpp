#include "harness/stage/safeguard_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "harness/kernel/files.h"
#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"
#include "harness/observe/numbers.h"
#include "harness/stage/settle.h"

namespace pidfall {

std::string GuardFilePath(const Stage& stage, const std::string& file) {
  return file.starts_with("/") ? file : stage.folder() + "/" + file;
}

FileState PidFile(const Stage& stage) { return ReadState(stage.pid_file()); }

namespace {

bool Names(const Target& target, const std::string& content, pid_t pid) {
  return target.has_plain_pid_file ? IsPlainNumber(content, pid) : HasNumber(content, pid);
}

}  // namespace

bool PidFileNames(const Stage& stage, const Instance& instance) {
  const FileState file = PidFile(stage);
  if (!stage.target().file_has_pid) return file.exists;
  const auto all = instance.Processes();
  return std::any_of(all.begin(), all.end(),
                     [&](pid_t pid) { return Names(stage.target(), file.content, pid); });
}

bool PidFileNames(const Stage& stage, pid_t pid) {
  return Names(stage.target(), PidFile(stage).content, pid);
}

std::vector<std::string> SafeguardFiles(const Stage& stage) {
  const std::string stem = std::filesystem::path(stage.pid_file()).stem();
  std::vector<std::string> files;
  std::error_code removed;  // with the files, by an owner that made it
  for (const auto& entry : std::filesystem::directory_iterator(stage.folder(), removed)) {
    const std::string name = entry.path().filename();
    if (stage.StoodBefore(name) && entry.path() != stage.pid_file()) continue;
    if (name.compare(0, stem.size(), stem) == 0 && entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  return files;
}

std::map<std::string, FileState> StatesOfFiles(const Stage& stage) {
  std::map<std::string, FileState> states;
  if (!stage.target().pid_file) return states;
  for (const std::string& file : SafeguardFiles(stage)) states[file] = ReadState(file);
  return states;
}

std::map<std::string, FileState> FilesOf(Stage& stage, const Instance& owner) {
  std::map<std::string, FileState> files;
  const bool has_file = AwaitOwnersFile(stage);
  AwaitLastWrite(stage);
  if (has_file) files[stage.pid_file()] = PidFile(stage);
  const auto sockets = UnixSockets();
  for (const pid_t pid : owner.Processes()) {
    const auto open = OpenSockets(pid);
    for (const UnixSocket& socket : sockets) {
      const bool has_path = socket.name.starts_with('/');
      if (has_path && open.contains(socket.inode)) files[socket.name] = ReadState(socket.name);
    }
  }
  return files;
}

bool AwaitFile(Stage& stage, const std::function<bool()>& is_as_wanted) {
  constexpr Duration kFileBound = std::chrono::seconds(2);
  constexpr Duration kRestsAfter = std::chrono::milliseconds(200);
  const auto began = std::chrono::steady_clock::now();
  bool is = false;
  stage.WaitUntil(
      [&] {
        // Asked in this order: a write may be the last thing before the rest.
        const bool rests =
            std::chrono::steady_clock::now() - began >= kRestsAfter && AllAtRest(stage);
        is = is_as_wanted();
        return is || rests;
      },
      kFileBound);
  return is;
}

namespace {

// Only a live start of the stage: the owner before may have left a file that names it.
bool NamesALiveStart(const Stage& stage) {
  return std::ranges::any_of(
      stage.instances(), [&](const Instance& instance) { return PidFileNames(stage, instance); });
}

}  // namespace

bool AwaitOwnersFile(Stage& stage) {
  if (!stage.target().pid_file) return false;
  const bool has_pid = stage.target().file_has_pid;
  AwaitFile(stage, [&] { return has_pid ? NamesALiveStart(stage) : PidFile(stage).exists; });
  const FileState file = PidFile(stage);
  return has_pid ? !file.content.empty() : file.exists;
}

// The time that others take from it on this machine does not count as quiet.
void AwaitLastWrite(Stage& stage) {
  constexpr Duration kQuietFor = std::chrono::milliseconds(500);
  constexpr Duration kBound = std::chrono::seconds(2);  // one with a heartbeat is never quiet
  const auto began = std::chrono::steady_clock::now();
  while (!AllAtRest(stage) && std::chrono::steady_clock::now() - began < kBound) {
    const FileState last = PidFile(stage);
    const auto goes_on = [&] { return AllAtRest(stage) || !(PidFile(stage) == last); };
    if (!stage.WaitUntil(goes_on, kQuietFor)) return;
  }
}

FileState NeedOwnersFile(Stage& stage) {
  if (!AwaitOwnersFile(stage)) throw NotApplicable("the owner keeps no pid file");
  AwaitLastWrite(stage);
  return PidFile(stage);
}

}  // namespace pidfall
