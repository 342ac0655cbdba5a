#include "harness/faults/pid_file.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "harness/faults/users.h"
#include "harness/stage/safeguard_files.h"

namespace pidfall {

void NeedTextFile(const Stage& stage) {
  if (!stage.target().file_is_binary) return;
  throw NotApplicable("its file is in a format of its own, and text in it is no stale content");
}

void WritePidFile(Stage& stage, std::string_view content) {
  WriteFile(stage.pid_file(), content);
  if (stage.acting_user() != geteuid()) {
    GiveTo(stage.pid_file(), stage.acting_user(), stage.acting_user());
  } else if (geteuid() == 0 && stage.target().file_owner) {
    // A target that drops root before it writes the file cannot write root's file.
    GiveTo(stage.pid_file(), *stage.target().file_owner, static_cast<gid_t>(-1));
  }
  stage.Did("write " + Excerpt(std::string(content)) + " to " + stage.pid_file());
}

void WriteStaleFile(Stage& stage, std::string_view text) {
  if (!stage.target().file_is_binary) return WritePidFile(stage, text);
  Instance& owner = stage.StartOwner();
  NeedOwnersFile(stage);
  stage.KillTree(owner);
  ReplacePidFile(stage, PidFile(stage).content);
}

void ReplacePidFile(Stage& stage, std::string_view content) {
  const std::string other = stage.pid_file() + ".other";
  WriteFile(other, content);
  if (stage.acting_user() != geteuid()) GiveTo(other, stage.acting_user(), stage.acting_user());
  std::filesystem::rename(other, stage.pid_file());
  stage.Did("replace " + stage.pid_file() + " by a file that says " +
            Excerpt(std::string(content)));
}

void RemovePidFile(Stage& stage) {
  stage.Did("remove " + stage.pid_file());
  if (unlink(stage.pid_file().c_str()) != 0 && errno != ENOENT) {
    ThrowErrno("remove " + stage.pid_file());
  }
}

void RemoveSafeguard(Stage& stage) {
  for (const std::string& file : SafeguardFiles(stage)) {
    stage.Did("remove " + file);
    if (unlink(file.c_str()) != 0) ThrowErrno("remove " + file);
  }
}

// Lower folders of a copy-on-write view can't be renamed (EXDEV), and the real ones hold more.
void RenameFolder(Stage& stage) {
  if (!Mentions(stage.target().command, "{pid_file}") &&
      !Mentions(stage.target().command, "{dir}")) {
    throw NotApplicable("the folder of the pid file is not the sandbox's own");
  }
  std::filesystem::rename(stage.folder(), stage.folder() + ".old");
  stage.Did("rename " + stage.folder());
  MakeFolder(stage, stage.folder());
}

}  // namespace pidfall
