// A target in a file, so that its options need not be given each time. docs/target-file.md has
// every key.
//
//   # pidfall check --target serve.toml
//   command = ["python3", "serve.py"]
//   port = 8767
//   pid_file = "/home/me/.serve.pid"
//
//   Target target = ReadTargetFile("serve.toml");
//   Target beta = ReadTargetFile("serve.toml", "beta");  // with the keys of [variant.beta]
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/target/target.h"

namespace pidfall {

// Throws BadInput where there is no such policy. The policies are in another room.
using PolicyCheck = std::function<void(const std::string& policy)>;

// Throws BadInput with file and line. `variant` empty: the file without its variants.
Target ReadTargetFile(const std::string& path, const std::string& variant = "",
                      const PolicyCheck& check = {});

// An absolute path, or {pid_file} itself. Throws BadInput where no file can be made.
std::string PidFileIn(const std::filesystem::path& folder, const std::string& path);

std::string TargetFileText(const Target& target);

}  // namespace pidfall
