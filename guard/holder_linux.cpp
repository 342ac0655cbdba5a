// Locks as /proc shows them. In a pid namespace /proc/locks leaves out locks whose taker has
// ended; so each process's own descriptors are read when it names no process.
#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "guard/holder.h"
#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

std::vector<std::string> Names(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(folder.c_str()), closedir);
  if (opened == nullptr) return names;
  while (const dirent* entry = readdir(opened.get())) names.emplace_back(entry->d_name);
  return names;
}

// Fields of "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF"; waiters have "->" after the number.
bool ParseLock(const std::string& line, const FileKey& key, pid_t* pid) {
  int taker = 0;
  unsigned int major = 0;
  unsigned int minor = 0;
  unsigned long inode = 0;
  if (std::sscanf(line.c_str(), "%*d: FLOCK %*s WRITE %d %x:%x:%lu", &taker, &major, &minor,
                  &inode) != 4) {
    return false;
  }
  *pid = taker;
  return inode == key.inode && makedev(major, minor) == key.device;
}

pid_t Taker(const FileKey& key) {
  std::ifstream locks("/proc/locks");
  pid_t pid = 0;
  for (std::string line; std::getline(locks, line);) {
    if (ParseLock(line, key, &pid) && pid > 0) return pid;
  }
  return 0;
}

// "1: -> FLOCK  ADVISORY  WRITE 4712 fe:00:1234 0 EOF" waits; without the arrow it is a held lock.
bool ParseWaiter(std::string line, const FileKey& key, pid_t* pid) {
  const size_t arrow = line.find("-> ");
  if (arrow == std::string::npos) return false;
  return ParseLock(line.erase(arrow, 3), key, pid) && *pid > 0;
}

// A copy with a time limit waits in a child, which shares its lock file. (An owner may have
// started a contender, too.)
pid_t WaitsFor(pid_t pid, const FileKey& key) {
  const std::string status = ReadSmallFile("/proc/" + std::to_string(pid) + "/status");
  const size_t parent = status.find("\nPPid:\t");
  const pid_t above = parent == std::string::npos ? 0 : std::atoi(status.c_str() + parent + 7);
  const bool shares = above > 0 && HasOpen(above, key).value_or(false) && !HoldsLock(above, key);
  return shares ? above : pid;
}

bool ShowsLock(const std::string& fdinfo, const FileKey& key) {
  pid_t pid = 0;
  for (size_t at = 0; (at = fdinfo.find("lock:\t", at)) != std::string::npos;) {
    at += 6;
    if (ParseLock(fdinfo.substr(at, fdinfo.find('\n', at) - at), key, &pid)) return true;
  }
  return false;
}

}  // namespace

bool HoldsLock(pid_t pid, const FileKey& key) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/fdinfo";
  for (const std::string& name : Names(folder)) {
    if (ShowsLock(ReadSmallFile(std::string(folder).append("/").append(name)), key)) return true;
  }
  return false;
}

std::optional<bool> HasOpen(pid_t pid, const FileKey& key) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(folder.c_str()), closedir);
  if (opened == nullptr) return std::nullopt;
  while (const dirent* entry = readdir(opened.get())) {
    struct stat status;
    if (fstatat(dirfd(opened.get()), entry->d_name, &status, 0) != 0) continue;
    if (FileKey{status.st_dev, status.st_ino} == key) return true;
  }
  return false;
}

std::vector<pid_t> WaitingProcesses(const FileKey& key) {
  std::ifstream locks("/proc/locks");
  std::vector<pid_t> waiting;
  pid_t pid = 0;
  for (std::string line; std::getline(locks, line);) {
    if (ParseWaiter(line, key, &pid)) waiting.push_back(WaitsFor(pid, key));
  }
  return waiting;
}

pid_t LockingProcess(const FileKey& key) {
  if (const pid_t taker = Taker(key); taker > 0) return taker;
  for (const std::string& name : Names("/proc")) {
    const pid_t pid = std::atoi(name.c_str());
    if (pid > 0 && HoldsLock(pid, key)) return pid;
  }
  return 0;
}

}  // namespace pidfall::guard
