// Faults done to the pid file and to what stands beside it.
//
//   WritePidFile(stage, "99999");   // as a crash left it
#pragma once

#include <string_view>

#include "harness/stage/stage.h"

namespace pidfall {

void WritePidFile(Stage& stage, std::string_view content);
void ReplacePidFile(Stage& stage, std::string_view content);  // by another file of that name
void RemovePidFile(Stage& stage);
void RemoveSafeguard(Stage& stage);  // with the files beside it: see stage/safeguard_files.h
// Of the pid file; an empty folder takes its place.
void RenameFolder(Stage& stage);

}  // namespace pidfall
