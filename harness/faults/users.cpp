#include "harness/faults/users.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

#include "harness/sandbox/mounts.h"

namespace pidfall {
namespace {

gid_t ActingGroup(const Stage& stage) {
  return stage.acting_user() == geteuid() ? getegid() : stage.acting_user();
}

}  // namespace

void GiveTo(const std::string& path, uid_t user, gid_t group) {
  if (chown(path.c_str(), user, group) != 0) {
    ThrowErrno("give " + path + " to user " + std::to_string(user));
  }
}

void ActAs(Stage& stage, User user) {
  stage.ActAs(user);
  GiveTo(stage.folder(), stage.acting_user(), ActingGroup(stage));
}

// By its owner and group: careful guards refuse a folder that every user may write.
void ShareFolder(Stage& stage) {
  if (stage.world().second_user == 0) return;  // Landlock's second user has the same id
  GiveTo(stage.folder(), stage.world().second_user, ActingGroup(stage));
  ChangeMode(stage, stage.folder(), 0775);
}

void MakeFolder(Stage& stage, const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) ThrowErrno("create " + path);
  if (stage.acting_user() != geteuid()) GiveTo(path, stage.acting_user(), stage.acting_user());
  stage.Did("make the folder " + path);
}

void ChangeMode(Stage& stage, const std::string& path, mode_t mode) {
  if (chmod(path.c_str(), mode) != 0) ThrowErrno("change the mode of " + path);
  std::ostringstream octal;
  octal << std::oct << mode;
  stage.Did("give " + path + " the mode 0" + octal.str());
}

// Without a second user: a file of root, mounted at `path`. It cannot be removed from there either.
void MakeFileForeign(Stage& stage, const std::string& path) {
  if (stage.world().second_user != 0) {
    GiveTo(path, stage.world().second_user, stage.world().second_user);
  } else if (stage.world().full) {
    BindOver(path, "/etc/passwd");
  } else {
    throw Skip("a file of another user needs root or namespaces (./pidfall doctor)");
  }
  stage.Did("make " + path + " another user's");
}

void RemoveForeignFile(Stage& stage, const std::string& path) {
  if (stage.world().second_user == 0) umount2(path.c_str(), MNT_DETACH);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) ThrowErrno("remove " + path);
  stage.Did("remove " + path);
}

}  // namespace pidfall
