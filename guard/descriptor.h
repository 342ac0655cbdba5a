// A file descriptor with one holder. Never 0, 1 or 2.
//
//   Descriptor file(openat(...));
//   if (!file.valid()) ... errno ...
//
// A program started with closed standard descriptors would get them for its lock, and its next
// message would be written into the lock file, or a library closing them would drop the lock.
#pragma once

#include <utility>

namespace pidfall::guard {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd);
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset();

 private:
  int fd_ = -1;
};

}  // namespace pidfall::guard
