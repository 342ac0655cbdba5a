// Something other than a plain file stands at the pid file's path.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "harness/process/fd.h"
#include "harness/stage/expect.h"
#include "harness/stage/impaired_start.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

std::string CanaryPath(const Stage& stage) { return stage.folder() + "/canary"; }

// A file that another program needs.
FileState PlaceCanary(Stage& stage) {
  WriteFile(CanaryPath(stage), "precious\n");
  return ReadState(CanaryPath(stage));
}

void ExpectCanary(Stage& stage, const FileState& before, const std::string& who,
                  const std::string& how, BreachKinds kinds = breach_kind::kNone) {
  const FileState now = ReadState(CanaryPath(stage));
  Require(now == before, "C9",
          who + " wrote through " + how + ": the file behind it was " + before.Describe() +
              ", now " + now.Describe(),
          kinds);
}

ImpairedStart StartAt(Stage& stage, const std::string& what) {
  ImpairedStart start(
      stage, {.clause = "C9", .what = "the pid file's path is " + what, .names = stage.pid_file()});
  stage.Did("make " + stage.pid_file() + " " + what);
  start.ExpectFailsClosed();
  return start;
}

void ExpectNextServes(Stage& stage, ImpairedStart& start) {
  std::filesystem::remove_all(stage.pid_file());
  stage.Did("remove it");
  start.ExpectNextServes();
}

void Symlink(Stage& stage) {
  const FileState before = PlaceCanary(stage);
  std::filesystem::create_symlink(CanaryPath(stage), stage.pid_file());
  ImpairedStart start = StartAt(stage, "a symlink");
  ExpectCanary(stage, before, "the start", "a symlink");
  start.Stop();
  ExpectCanary(stage, before, "the stop", "a symlink", breach_kind::kStopFollowsLink);
  ExpectNextServes(stage, start);
}

constexpr Scenario kSymlink{
    "path/symlink",
    "C9",
    "The path is a symlink: neither start nor stop touches the file behind it.",
    "A user who may write the folder makes root's server overwrite any file.",
    Symlink,
    part::kPidFile};

void DanglingSymlink(Stage& stage) {
  std::filesystem::create_symlink(CanaryPath(stage), stage.pid_file());
  ImpairedStart start = StartAt(stage, "a symlink to nothing");
  Require(!ReadState(CanaryPath(stage)).exists, "C9",
          "the start made a file behind a symlink, at a place that another user chose");
  start.Stop();
  Require(!ReadState(CanaryPath(stage)).exists, "C9",
          "the stop made a file behind a symlink, at a place that another user chose");
  ExpectNextServes(stage, start);
}

constexpr Scenario kDanglingSymlink{
    "path/dangling-symlink",
    "C9",
    "The path is a symlink to nothing: nothing is made there.",
    "A user who may write the folder makes root's server create a file anywhere.",
    DanglingSymlink,
    part::kPidFile};

void Directory(Stage& stage) {
  const std::string inside = stage.pid_file() + "/precious";
  std::filesystem::create_directory(stage.pid_file());
  WriteFile(inside, "precious\n");
  const FileState before = ReadState(inside);
  ImpairedStart start = StartAt(stage, "a directory");
  Require(ReadState(inside) == before, "C9", "the start removed what was in a directory");
  ExpectNextServes(stage, start);
}

constexpr Scenario kDirectory{"path/directory",
                              "C9",
                              "The path is a directory: it stays as it is.",
                              "The server runs unguarded, or removes what it did not make.",
                              Directory,
                              part::kPidFile};

void Fifo(Stage& stage) {
  if (mkfifo(stage.pid_file().c_str(), 0644) != 0) ThrowErrno("make a FIFO");
  ImpairedStart start = StartAt(stage, "a FIFO");
  ExpectNextServes(stage, start);
}

constexpr Scenario kFifo{"path/fifo",
                         "C9",
                         "The path is a FIFO: the start does not wait for its other end.",
                         "Every start hangs, and neither the supervisor nor the log says why.",
                         Fifo,
                         part::kPidFile};

void HardLink(Stage& stage) {
  const FileState before = PlaceCanary(stage);
  std::filesystem::create_hard_link(CanaryPath(stage), stage.pid_file());
  ImpairedStart start = StartAt(stage, "a second name of another file");
  ExpectCanary(stage, before, "the start", "a hard link");
  start.Stop();
  ExpectCanary(stage, before, "the stop", "a hard link", breach_kind::kStopFollowsLink);
  ExpectNextServes(stage, start);
}

constexpr Scenario kHardLink{"path/hard-link",
                             "C9",
                             "The path is a second name of another file: that is not touched.",
                             "The other file is emptied, and holds a pid.",
                             HardLink,
                             part::kPidFile};

constexpr Scenario kFamily[] = {kSymlink, kDanglingSymlink, kDirectory, kFifo, kHardLink};

}  // namespace

std::span<const Scenario> PathFamily() { return kFamily; }

}  // namespace pidfall
