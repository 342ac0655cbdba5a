#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <climits>
#include <filesystem>
#include <memory>

#include "guard/holder.h"
#include "guard/same_program.h"
#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

constexpr size_t kCommLength = 15;  // the kernel cuts names there

std::string Executable(const std::string& process) {
  char target[PATH_MAX];
  const ssize_t n = readlink((process + "/exe").c_str(), target, sizeof target);
  if (n <= 0) return "";
  const std::string path(target, static_cast<size_t>(n));
  return path.substr(0, path.rfind(" (deleted)"));  // an upgrade removed the old executable
}

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string> CommandLine(const std::string& process) {
  const std::string text = ReadSmallFile(process + "/cmdline");
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\0', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool SameCommand(std::vector<std::string> there, std::vector<std::string> command) {
  if (there.empty()) return false;
  there.front() = FileName(there.front());
  command.front() = FileName(command.front());
  return there == command;
}

}  // namespace

bool IsSameProgram(pid_t pid, const std::vector<std::string>& command) {
  const std::string process = "/proc/" + std::to_string(pid);
  if (!command.empty()) return SameCommand(CommandLine(process), command);
  const std::string ours = FileName(Executable("/proc/self"));
  const std::string theirs = Executable(process);
  if (!theirs.empty()) return FileName(theirs) == ours;
  const std::string name = ReadSmallFile(process + "/comm");
  return name.substr(0, name.find('\n')) == ours.substr(0, kCommLength);
}

bool HasGuardOfItsOwn(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(folder.c_str()), closedir);
  while (const dirent* entry = opened == nullptr ? nullptr : readdir(opened.get())) {
    const std::string path = folder + "/" + entry->d_name;
    char target[PATH_MAX];
    const ssize_t n = readlink(path.c_str(), target, sizeof target);
    if (n <= 0 || !std::string_view(target, static_cast<size_t>(n)).ends_with(".lock")) continue;
    const Descriptor lock(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const auto record = lock.valid() ? ReadRecord(lock.get()) : std::nullopt;
    if (record && record->pid == pid) return true;
  }
  return false;
}

}  // namespace pidfall::guard
