#include "harness/simulation/surroundings.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>

#include "harness/faults/clock.h"
#include "harness/faults/disk.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

void CopyOver(const fs::path& from, const fs::path& to) {
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

// Another inode under the old name: what runs keeps the old one.
void Replace(const std::string& file, const std::string& by) {
  const std::string next = file + ".next-version";
  fs::copy_file(by, next, fs::copy_options::overwrite_existing);
  fs::rename(next, file);
}

// The kernel's has the same form.
std::string AnotherBootId(std::string id) {
  id.at(0) = id.at(0) == '9' ? '0' : '9';
  return id;
}

void EmptyRunFolder(const Stage& stage) {
  const fs::path pid_file = stage.pid_file();
  if (pid_file.string().starts_with("/run/")) fs::remove(pid_file);
  const fs::path folder = stage.folder() + "/run";
  if (!fs::exists(folder)) return;
  fs::remove_all(folder);
  fs::create_directory(folder);
}

void BootAnew(Stage& stage) {
  EmptyRunFolder(stage);
  if (stage.world().full) ShowInstead(stage, kBootId, AnotherBootId(ReadFile(kBootId)));
}

}  // namespace

void MakeChange(Stage& stage, const Change& change) {
  switch (change.kind) {
    case Change::Kind::kWrite:
      fs::create_directories(fs::path(change.file).parent_path());
      return WriteFile(change.file, change.text);
    case Change::Kind::kRemove:
      fs::remove_all(change.file);
      return;
    case Change::Kind::kLink:
      fs::remove(change.file);
      return fs::create_symlink(change.text, change.file);
    case Change::Kind::kCopy:
      return CopyOver(change.file, change.text);
    case Change::Kind::kReplace:
      return Replace(change.file, change.text);
    case Change::Kind::kFillDisk:
      return FillDisk(stage);
    case Change::Kind::kFreeDisk:
      return FreeDisk(stage);
    case Change::Kind::kStepClock:
      return ShowLaterBootTime(stage, std::chrono::seconds(std::stol(change.text)));
    case Change::Kind::kNewBoot:
      return BootAnew(stage);
  }
}

}  // namespace pidfall
