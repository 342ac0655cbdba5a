#include "harness/process/fd.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace pidfall {

void UniqueFd::Reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) ThrowErrno("pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void InheritOnlyStandard() {
  if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) ThrowErrno("close_range");
}

void ThrowErrno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string WordsOf(const std::system_error& error) {
  std::string text = error.what();
  const std::string errno_text = ": " + error.code().message();
  if (text.ends_with(errno_text)) text.resize(text.size() - errno_text.size());
  return text;
}

UniqueFd OpenFile(const std::string& path, int flags, mode_t mode) {
  UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) ThrowErrno("open " + path);
  return fd;
}

std::string ReadToEnd(int fd, const std::string& name, size_t most_bytes) {
  std::string content;
  std::array<char, 4096> chunk{};
  while (content.size() < most_bytes) {
    const ssize_t n = read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ThrowErrno("read " + name);
    if (n == 0) break;
    content.append(chunk.data(), static_cast<size_t>(n));
  }
  return content;
}

std::string ReadFile(const std::string& path) {
  constexpr size_t kMostBytes = 1 << 20;
  return ReadToEnd(OpenFile(path, O_RDONLY).get(), path, kMostBytes);
}

std::string ReadOrEmpty(const std::string& path) {
  try {
    return ReadFile(path);
  } catch (const std::system_error&) {
    return "";
  }
}

void WriteFile(const std::string& path, std::string_view content, mode_t mode) {
  UniqueFd fd = OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  WriteAll(fd.get(), content, path);
}

void WriteAll(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ThrowErrno("write " + name);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace pidfall
