// A target put together from its description and from single values that were given for it.
//
//   const Target target = Assemble(ReadTargetFile("serve.toml"), {.port = 8000});
#pragma once

#include "harness/target/target.h"

namespace pidfall {

// The given values win; a member of `given` that has its default was not given. Without a folder
// the target gets the current one.
Target Assemble(Target described, const Target& given);

}  // namespace pidfall
