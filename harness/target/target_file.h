// A target in a file, for whoever does not want to spell it out each time.
//
//   # pidfall check --target serve.toml
//   command = ["python3", "serve.py"]
//   port = 8767
//   pid_file = "/home/me/.serve.pid"
//   duplicate_exit = 0
//
// Also: folder, health, start_timeout ("20s"), with (a list of commands), stop_command and
// status_command. A key that is not known, or of the wrong type, is an error with its line.
#pragma once

#include <filesystem>
#include <string>

#include "harness/target/target.h"

namespace pidfall {

// Throws BadInput with file and line.
Target ReadTargetFile(const std::string& path);

// Absolute, or {pid_file} as it is. Throws BadInput where no file can be.
std::string PidFileIn(const std::filesystem::path& folder, const std::string& path);

std::string TargetFileText(const Target& target);

}  // namespace pidfall
