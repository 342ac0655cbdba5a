// The folder of the pid file, where the target makes it at its start: as a lock, say, which mkdir
// takes.
//
//   const OwnFolder own(folder);  // it is there, so that a fault can be put into it
//   own.LeaveToTheStart();        // no fault was: a start finds none
#pragma once

#include <sys/types.h>

#include <string>

namespace pidfall {

class OwnFolder {
 public:
  explicit OwnFolder(std::string path);
  // Removes it, unless it holds something or is another one by now: with another mode or owner, or
  // on a disk of its own.
  void LeaveToTheStart() const;

 private:
  struct Marks {
    dev_t device = 0;
    mode_t mode = 0;
    uid_t user = 0;
    gid_t group = 0;
    bool operator==(const Marks&) const = default;
  };
  static Marks MarksOf(const std::string& path);

  std::string path_;
  Marks marks_;
};

}  // namespace pidfall
