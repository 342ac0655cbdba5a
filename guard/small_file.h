// Bounded reading of files that another program wrote.
//
//   std::string text = ReadSmallFile("/proc/self/stat");     // empty when it cannot be read
//   std::optional<std::string> pid = ReadFileAt(folder, "x.pid");
//
// Never follows a link in the last step, never waits on a FIFO, never reads more than the bound.
#pragma once

#include <optional>
#include <string>

namespace pidfall::guard {

std::string ReadSmallFile(const std::string& path);

// Nothing, with errno set, when it cannot be read. `name` is relative to the folder's descriptor.
std::optional<std::string> ReadFileAt(int folder, const std::string& name);

}  // namespace pidfall::guard
