// A file descriptor that closes itself, and errors that say what failed on which object.
//
//   UniqueFd file = OpenFile("/run/x.pid", O_RDONLY | O_CLOEXEC);
//   // throws std::system_error: "open /run/x.pid: ..."
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace pidfall {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void Reset();

 private:
  int fd_ = -1;
};

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

// Close-on-exec at both ends.
Pipe MakePipe();

// After this an exec passes only descriptors 0 to 2 on.
void InheritOnlyStandard();

// std::system_error with the current errno: "open /run/x.pid: Permission denied".
[[noreturn]] void ThrowErrno(const std::string& what);
// The text that ThrowErrno was given: with the errno, all that another process needs.
std::string WordsOf(const std::system_error& error);

UniqueFd OpenFile(const std::string& path, int flags, mode_t mode = 0);
// The whole file, at most 1 MiB; throws.
std::string ReadFile(const std::string& path);
// Empty where the file is missing or may not be read.
std::string ReadOrEmpty(const std::string& path);
// Truncates or creates; throws.
void WriteFile(const std::string& path, std::string_view content, mode_t mode = 0644);
// To the end of the file or, of a pipe, until its writers have closed it; throws.
std::string ReadToEnd(int fd, const std::string& name, size_t most_bytes = std::string::npos);
void WriteAll(int fd, std::string_view bytes, const std::string& name);

}  // namespace pidfall
