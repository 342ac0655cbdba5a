// The published pid file, `x.pid`: the decimal pid and a newline, nothing else, so that shells,
// systemd, start-stop-daemon and the report's own guard can read it.
//
//   PublishedFile file = PendingPidFile(folder, pid, false).Publish();    // throws Refused
//
// The file is always whole: it is written under another name and renamed.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <string>

#include "guard/lock_file.h"

namespace pidfall::guard {

// Our file. The open descriptor keeps the inode from being reused, so inodes can be compared.
struct PublishedFile {
  Descriptor descriptor;
  FileKey key;
  std::string mark;
};

// By it the next owner knows the file that the last owner published. It is not the inode alone:
// ext4 gives a removed file's inode to the next file.
std::string MarkOf(const struct stat& status);

// A file that is written but still has its private name.
class PendingPidFile {
 public:
  PendingPidFile(const Folder& folder, pid_t pid, bool durable);
  PendingPidFile(const PendingPidFile&) = delete;
  PendingPidFile& operator=(const PendingPidFile&) = delete;
  ~PendingPidFile();  // removes it if it was not published
  const std::string& mark() const { return file_.mark; }
  PublishedFile Publish();

 private:
  [[noreturn]] void Throw(const std::string& what) const;

  const Folder& folder_;
  std::string name_;
  bool durable_;
  bool published_ = false;
  PublishedFile file_;
};

// Whether the path names this file.
bool IsPublished(const Folder& folder, const FileKey& key);
void RemoveIfOurs(const Folder& folder, const FileKey& key);

}  // namespace pidfall::guard
