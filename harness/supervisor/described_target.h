// The target that a supervisor's file or a target file describes.
//
//   const Target target = DescribedTarget({.policy = "/etc/systemd/system/web.service"});
#pragma once

#include <string>

#include "harness/target/target.h"

namespace pidfall {

struct Description {
  std::string policy;  // as LookUpPolicy takes it; empty: none
  // Describes the target alone where both are named, under the policy; empty: none.
  std::string target_file;
  std::string variant;  // in the target file
};

// Nothing but the described values: without a folder, it has none. Remembers the secrets in its
// environment. Throws BadInput.
Target DescribedTarget(const Description& description);

// The supervisor's file before the target file; empty: no file describes it.
std::string DescribingFile(const Description& description);

}  // namespace pidfall
