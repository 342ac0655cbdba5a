// A system call in a traced thread, as the kernel describes it.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace pidfall {

struct RawCall {
  long number = -1;
  std::array<uint64_t, 6> arguments{};
  int64_t result = 0;  // once it has returned
};

// Whether this command of fcntl(2) takes, leaves or asks for a lock.
bool IsFcntlLock(uint64_t command);

// The flags of an open(2) or openat(2).
std::optional<uint64_t> OpenFlags(const RawCall& call);

// The text at an address of that process; empty where there is none.
std::string ReadText(pid_t thread, uint64_t address);
// This many bytes of its memory, or none.
std::string ReadBytes(pid_t thread, uint64_t address, size_t size);

// The object of its descriptor: a path, "socket:[123]", ...
std::string DescriptorTarget(pid_t thread, int descriptor);

// N where the text names a descriptor of its own process: "/dev/fd/N", "/proc/self/fd/N".
std::optional<int> DescriptorIn(const std::string& path);

// The absolute form of a path in its memory. A relative path starts from the descriptor `folder`.
std::string AbsolutePath(pid_t thread, int folder, uint64_t address);

}  // namespace pidfall
