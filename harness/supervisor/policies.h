// The policies by name, and from a supervisor's own file.
//
//   auto policy = LookUpPolicy("docker:on-failure:3");
//   auto theirs = LookUpPolicy("compose.yaml#web");
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

// `name_or_file` is the argument of --policy: NAME[:ARG], FILE[#SERVICE], or NAME:FILE[#SERVICE]
// for a file whose name does not show its supervisor. Throws BadInput.
std::unique_ptr<Policy> LookUpPolicy(const std::string& name_or_file);

// Each service of a supervisor's file, as LookUpPolicy takes it: compose.yaml#web,
// compose.yaml#worker. Throws BadInput.
std::vector<std::string> ServicesIn(const std::string& file);

// The same policy with the absolute path of its file, if any; relative paths start from `folder`.
std::string LocatePolicy(const std::string& name_or_file, const std::filesystem::path& folder);

// The file that it names, without its supervisor and the service's name; empty: none.
std::string FileOfPolicy(const std::string& name_or_file);

// Every built-in name, in the order of the table.
const std::vector<std::string>& PolicyNames();

}  // namespace pidfall
