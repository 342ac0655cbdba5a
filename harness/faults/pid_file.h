// Faults done to the pid file and to the files beside it.
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
// Renames the pid file's folder; an empty folder replaces it.
void RenameFolder(Stage& stage);

}  // namespace pidfall
