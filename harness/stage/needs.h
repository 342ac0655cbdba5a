// The needs of a story on its sandbox or the kernel. Each throws Skip with its reason and the
// cure.
//
//   NeedFullSandbox(stage, "a container");
#pragma once

#include <string>

namespace pidfall {

class Stage;

void NeedFullSandbox(const Stage& stage, const std::string& what_for);
void NeedSecondUser(const Stage& stage);
// Where the program, or a script's interpreter, is in a home that another user may not enter.
void SkipIfOutOfReach(const Stage& stage);
void NeedKernelFile(const std::string& path, const std::string& what_for);

}  // namespace pidfall
