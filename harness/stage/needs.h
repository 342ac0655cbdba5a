// What a story needs of its sandbox or of the kernel. Each throws Skip with its reason and the
// cure.
//
//   NeedFullSandbox(stage, "a container");
#pragma once

#include <string>

namespace pidfall {

class Stage;

void NeedFullSandbox(const Stage& stage, const std::string& what_for);
void NeedSecondUser(const Stage& stage);
// A home that another user may not enter holds the program, or the interpreter of the script.
void SkipIfOutOfReach(const Stage& stage);
void NeedKernelFile(const std::string& path, const std::string& what_for);

}  // namespace pidfall
