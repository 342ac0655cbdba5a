// `check --write-ci`: the job that runs the same check in the user's CI.
//
//   options->ci_options = OptionsForCi(*check);
//   ...
//   WriteCi("github", options.target, options.ci_options, target);
#pragma once

#include <string>
#include <vector>

#include "harness/cli/target_options.h"
#include "harness/target/target.h"

namespace pidfall {

// The options of `check` that the job repeats, as the user wrote them, without the target's.
std::vector<std::string> OptionsForCi(const CLI::App& check);

// To standard output. `kind`: "github", "gitlab", "ctest"; "": no job is wanted.
void WriteCi(const std::string& kind, const TargetOptions& target_options,
             const std::vector<std::string>& ci_options, const Target& target);

}  // namespace pidfall
