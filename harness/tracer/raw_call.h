// A system call as the kernel tells it, in a thread that is traced.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>

namespace pidfall {

struct RawCall {
  long number = -1;
  std::array<uint64_t, 6> arguments{};
  int64_t result = 0;  // once it has returned
};

// The text at an address of that process; empty where there is none.
std::string ReadText(pid_t thread, uint64_t address);
// So many bytes of it, or none.
std::string ReadBytes(pid_t thread, uint64_t address, size_t size);

// What its descriptor stands for: a path, "socket:[123]", ...
std::string DescriptorTarget(pid_t thread, int descriptor);

// The path in its memory, absolute: `folder` is the descriptor that a relative one begins at.
std::string AbsolutePath(pid_t thread, int folder, uint64_t address);

}  // namespace pidfall
