#include "servers/zoo/record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/identity.h"

namespace pidfall::zoo {
namespace {

constexpr size_t kMostRead = 4096;
constexpr size_t kShortBuffer = 6;
constexpr mode_t kReadableMode = 0644;
constexpr mode_t kEverybodyWrites = 0666;

std::optional<pid_t> ParsePid(std::string_view content) {
  std::string_view line = content.substr(0, content.find('\n'));
  if (Has(Defect::kShortBuffer)) line = line.substr(0, kShortBuffer);
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(line.begin(), line.end(), pid);
  if (error != std::errc() || end != line.end()) return std::nullopt;
  return pid;
}

bool WritesInPlace() {
  constexpr Defect kInPlace[] = {Defect::kFollowsSymlink, Defect::kAcceptsHardlink,
                                 Defect::kOpensFifo,      Defect::kFullDiskLeavesEmpty,
                                 Defect::kAppendsPid,     Defect::kKeepsOldTail,
                                 Defect::kUmaskMode};
  return std::ranges::any_of(kInPlace, Has);
}

int InPlaceFlags() {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
  if (Has(Defect::kAppendsPid)) return flags | O_APPEND;
  return Has(Defect::kKeepsOldTail) ? flags : flags | O_TRUNC;
}

RecordId IdOf(int file) {
  struct stat status {};
  fstat(file, &status);
  return {status.st_dev, status.st_ino, getpid()};
}

// A pid file is a few bytes: a short write means that there is no room for it.
void WriteText(int file, const std::string& text, const std::string& path) {
  const ssize_t written = write(file, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return;
  const int error = written < 0 ? errno : ENOSPC;
  close(file);
  throw Failure("cannot write", path, error);
}

RecordId WriteInPlace(const std::string& path) {
  const int file = open(path.c_str(), InPlaceFlags(), kEverybodyWrites);
  if (file < 0) throw Failure("cannot open", path, errno);
  if (!Has(Defect::kUmaskMode)) fchmod(file, kReadableMode);
  std::string text = RecordText(getpid());
  if (Has(Defect::kKeepsOldTail)) text.pop_back();
  WriteText(file, text, path);
  const RecordId id = IdOf(file);
  close(file);
  return id;
}

RecordId WriteThenRename(const std::string& path, const std::string& temporary) {
  // A start that was killed between its write and its rename left it; we have the lock.
  unlink(temporary.c_str());
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR);
  if (file < 0) throw Failure("cannot create", temporary, errno);
  fchmod(file, Has(Defect::kWorldWritable) ? kEverybodyWrites : kReadableMode);
  WriteText(file, RecordText(getpid()), path);
  const RecordId id = IdOf(file);
  close(file);
  if (rename(temporary.c_str(), path.c_str()) != 0) throw Failure("cannot replace", path, errno);
  return id;
}

bool Tolerates(const struct stat& status) {
  if (S_ISLNK(status.st_mode)) return Has(Defect::kFollowsSymlink);
  if (S_ISFIFO(status.st_mode)) return Has(Defect::kOpensFifo);
  return S_ISREG(status.st_mode);
}

void RefuseUnreadable(const std::string& path) {
  if (Has(Defect::kUnreadableIsStale)) return;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) throw Failure("cannot read", path, errno);
  close(file);
}

}  // namespace

std::string RecordText(pid_t pid) {
  std::string number = std::to_string(pid);
  if (Has(Defect::kShortBuffer)) number.resize(std::min(number.size(), kShortBuffer));
  return number + "\n" + IdentityLine(pid);
}

Record ReadRecord(const std::string& path) {
  Record record;
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return record;
  record.exists = true;
  record.size = status.st_size;
  record.modified = status.st_mtime;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return record;
  std::array<char, kMostRead> buffer{};
  const ssize_t got = read(file, buffer.data(), buffer.size());
  close(file);
  if (got > 0) record.content.assign(buffer.data(), static_cast<size_t>(got));
  record.pid = ParsePid(record.content);
  return record;
}

void RefuseHostileNode(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return;
  if (S_ISDIR(status.st_mode)) throw Failure("cannot write", path, EISDIR);
  if (!Tolerates(status)) throw Failure("not a plain file:", path, 0);
  if (status.st_nlink > 1 && !Has(Defect::kAcceptsHardlink)) {
    throw Failure("has another name too:", path, EMLINK);
  }
  if (status.st_uid != geteuid()) throw Failure("belongs to another user:", path, EPERM);
  if (S_ISREG(status.st_mode)) RefuseUnreadable(path);
}

RecordId PublishRecord(const std::string& path) {
  if (WritesInPlace()) return WriteInPlace(path);
  // Otherwise the copies that share a lock would remove each other's file, and none would serve.
  const std::string own = Has(Defect::kWaitersShare) ? "." + std::to_string(getpid()) : "";
  const std::string temporary = path + ".new" + own;
  try {
    return WriteThenRename(path, temporary);
  } catch (const Failure&) {
    unlink(temporary.c_str());
    throw;
  }
}

void RemoveRecord(const std::string& path, const RecordId& published) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return;
  // A new file may get the inode of a removed one: so its content must be ours, too.
  const bool same_file = RecordId{status.st_dev, status.st_ino, published.publisher} == published;
  const bool ours =
      same_file && (WritesInPlace() || ReadRecord(path).content == RecordText(published.publisher));
  if (ours || Has(Defect::kOldExitRemoves)) unlink(path.c_str());
}

void ReplaceByCopy(const std::string& path) {
  const Record record = ReadRecord(path);
  const std::string copy = path + ".copy";
  const int file = open(copy.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kReadableMode);
  if (file < 0) return;
  WriteText(file, record.content, copy);
  close(file);
  rename(copy.c_str(), path.c_str());
}

}  // namespace pidfall::zoo
