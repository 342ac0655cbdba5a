#include "harness/kernel/raw_call.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace pidfall {
namespace {

ssize_t Copy(pid_t thread, uint64_t address, char* to, size_t size) {
  const iovec here{to, size};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): another process's address, never followed here.
  const iovec there{reinterpret_cast<void*>(address), size};
  return process_vm_readv(thread, &here, 1, &there, 1, 0);
}

std::string LinkTarget(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t n = readlink(path.c_str(), target.data(), target.size());
  return {target.data(), static_cast<size_t>(std::max<ssize_t>(n, 0))};
}

}  // namespace

bool IsFcntlLock(uint64_t command) {
  switch (static_cast<int>(command)) {
    case F_SETLK:
    case F_SETLKW:
    case F_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
    case F_OFD_GETLK:
      return true;
    default:
      return false;
  }
}

// Reads up to the end of a page: the next page may not exist.
std::optional<uint64_t> OpenFlags(const RawCall& call) {
#ifdef SYS_open
  if (call.number == SYS_open) return call.arguments[1];
#endif
  return call.number == SYS_openat ? std::optional(call.arguments[2]) : std::nullopt;
}

std::string ReadText(pid_t thread, uint64_t address) {
  constexpr size_t kPage = 4096;
  std::string text;
  while (text.size() < PATH_MAX) {
    std::array<char, kPage> chunk{};
    const size_t size = kPage - address % kPage;
    const ssize_t n = Copy(thread, address, chunk.data(), size);
    if (n <= 0) return "";
    char* const end = std::find(chunk.data(), chunk.data() + n, '\0');
    text.append(chunk.data(), end);
    if (end != chunk.data() + n) return text;
    address += static_cast<uint64_t>(n);
  }
  return text;
}

std::string ReadBytes(pid_t thread, uint64_t address, size_t size) {
  std::string bytes(size, '\0');
  const ssize_t n = Copy(thread, address, bytes.data(), size);
  return n == static_cast<ssize_t>(size) ? bytes : "";
}

std::string DescriptorTarget(pid_t thread, int descriptor) {
  return LinkTarget("/proc/" + std::to_string(thread) + "/fd/" + std::to_string(descriptor));
}

std::optional<int> DescriptorIn(const std::string& path) {
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int descriptor = 0;
    const char* const end = path.data() + path.size();
    const auto read = std::from_chars(path.data() + folder.size(), end, descriptor);
    if (read.ec == std::errc() && read.ptr == end) return descriptor;
  }
  return std::nullopt;
}

std::string AbsolutePath(pid_t thread, int folder, uint64_t address) {
  const std::string path = ReadText(thread, address);
  if (path.empty() && folder == AT_FDCWD) return "";
  if (path.empty()) return DescriptorTarget(thread, folder);
  if (const auto own = DescriptorIn(path)) return DescriptorTarget(thread, *own);
  if (path.front() == '/') return std::filesystem::path(path).lexically_normal();
  const std::string base = folder == AT_FDCWD
                               ? LinkTarget("/proc/" + std::to_string(thread) + "/cwd")
                               : DescriptorTarget(thread, folder);
  return std::filesystem::path(base + "/" + path).lexically_normal();
}

}  // namespace pidfall
