#include "guard/small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "guard/descriptor.h"

namespace pidfall::guard {
namespace {

constexpr size_t kMostBytes = 4096;

}  // namespace

std::string ReadSmallFile(const std::string& path) {
  return ReadFileAt(AT_FDCWD, path).value_or("");
}

// O_NOCTTY: a terminal must not become ours. O_NONBLOCK: a FIFO must not block us.
std::optional<std::string> ReadFileAt(int folder, const std::string& name) {
  const Descriptor file(
      openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) return std::nullopt;
  std::string text(kMostBytes, '\0');
  ssize_t n = -1;
  do {
    n = read(file.get(), text.data(), text.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return std::nullopt;
  text.resize(static_cast<size_t>(n));
  return text;
}

}  // namespace pidfall::guard
