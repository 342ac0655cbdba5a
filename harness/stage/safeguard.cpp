#include "harness/stage/safeguard.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "harness/stage/safeguard_files.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) { return fs::path(path).parent_path(); }

std::set<std::string> EntriesOf(const std::string& folder) {
  std::set<std::string> paths;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) paths.insert(entry.path());
  return paths;
}

std::set<std::string> FilesOf(const Stage& stage) {
  std::set<std::string> files;
  if (stage.target().pid_file) files.insert(stage.pid_file());
  for (const std::string& file : stage.target().guard_files) {
    files.insert(GuardFilePath(stage, file));
  }
  return files;
}

std::vector<std::string> FoldersOf(const std::set<std::string>& files, const Stage& stage) {
  std::vector<std::string> folders{stage.folder()};
  for (const std::string& file : files) {
    const std::string folder = FolderOf(file);
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  }
  return folders;
}

}  // namespace

Safeguard::Safeguard(std::vector<std::string> folders, std::set<std::string> files,
                     std::set<std::string> strangers)
    : folders_(std::move(folders)), files_(std::move(files)), strangers_(std::move(strangers)) {}

std::string Safeguard::NameOf(const std::string& path) const {
  if (path == folders_.front()) return ".";
  const std::string folder = FolderOf(path);
  const auto found = std::find(folders_.begin(), folders_.end(), folder);
  const bool is_its = files_.contains(path) ||
                      (found != folders_.end() && path != folder && !strangers_.contains(path));
  if (!is_its) return "";
  return folder == folders_.front() ? fs::path(path).filename().string() : path;
}

std::string Safeguard::PathOf(const std::string& name) const {
  return name.starts_with("/") ? name : folders_.front() + "/" + name;
}

std::vector<std::string> Safeguard::Present() const {
  std::vector<std::string> present;
  for (const std::string& folder : folders_) {
    for (const std::string& path : EntriesOf(folder)) {
      if (!NameOf(path).empty()) present.push_back(path);
    }
  }
  return present;
}

// A file that came into the pid file's folder since the stage was set belongs to it, also when a
// start before left it there.
Safeguard SafeguardOf(const Stage& stage) {
  const std::set<std::string> files = FilesOf(stage);
  const std::vector<std::string> folders = FoldersOf(files, stage);
  std::set<std::string> strangers;
  for (const std::string& folder : folders) strangers.merge(EntriesOf(folder));
  std::erase_if(strangers, [&](const std::string& path) {
    const bool is_beside = FolderOf(path) == stage.folder();
    return files.contains(path) ||
           (is_beside && !stage.StoodBefore(fs::path(path).filename().string()));
  });
  return {folders, files, strangers};
}

}  // namespace pidfall
