// The pid file as a record for people: published by rename, removed only by its publisher.
//
//   const RecordId id = PublishRecord(path);
//   ...
//   RemoveRecord(path, id);
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

namespace pidfall::zoo {

struct Record {
  bool exists = false;
  std::string content;  // its first 4096 bytes
  off_t size = 0;
  std::time_t modified = 0;
  std::optional<pid_t> pid;  // if the first line is a number and nothing else
};

struct RecordId {
  dev_t device = 0;
  ino_t inode = 0;
  pid_t publisher = 0;
  bool operator==(const RecordId&) const = default;
};

Record ReadRecord(const std::string& path);
// Throws Failure unless the path is free or a plain readable file of ours with no other name.
void RefuseHostileNode(const std::string& path);
RecordId PublishRecord(const std::string& path);  // throws Failure
// Removes only the file that was published: no other owner's, no newer one.
void RemoveRecord(const std::string& path, const RecordId& published);
void ReplaceByCopy(const std::string& path);

// The content of a pid file for `pid`, its line end included.
std::string RecordText(pid_t pid);

}  // namespace pidfall::zoo
