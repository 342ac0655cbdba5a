// A file with the kernel's lock on it; the lock ends with its process.
//
//   LockFile lock(path);
//   lock.Open();
//   if (!lock.Try()) EndAsDuplicate(settings, lock.Owner());
#pragma once

#include <sys/types.h>

#include <string>

namespace pidfall::zoo {

class LockFile {
 public:
  explicit LockFile(std::string path);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  void Open();  // throws Failure
  bool Try();   // throws Failure when the lock can't be had for another reason than an owner
  void Wait();  // stands by until the owner has ended; a stop signal ends the process
  void Close();
  bool Adopt();  // takes the lock that PassOn left to this process; false: none
  void PassOn();
  void BreakIn();  // a defect: makes another file and locks that
  // The holder, from the kernel; 0: none, or none that is visible here.
  pid_t Owner() const;

  int file() const { return file_; }
  const std::string& path() const { return path_; }

 private:
  bool IsAtPath() const;

  std::string path_;
  int file_ = -1;
};

}  // namespace pidfall::zoo
