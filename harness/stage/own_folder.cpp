#include "harness/stage/own_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace pidfall {

OwnFolder::Marks OwnFolder::MarksOf(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_mode, info.st_uid, info.st_gid};
}

OwnFolder::OwnFolder(std::string path) : path_(std::move(path)), marks_(MarksOf(path_)) {}

void OwnFolder::LeaveToTheStart() const {
  if (MarksOf(path_) == marks_) rmdir(path_.c_str());  // fails if it holds something
}

}  // namespace pidfall
