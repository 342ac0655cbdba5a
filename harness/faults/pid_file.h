// Faults done to the pid file and to the files beside it.
//
//   WritePidFile(stage, "99999");   // as a crash left it
#pragma once

#include <string_view>

#include "harness/stage/stage.h"

namespace pidfall {

// NotApplicable for a file in a format of the target's own: it may refuse any text in it.
void NeedTextFile(const Stage& stage);
void WritePidFile(Stage& stage, std::string_view content);
// A file without an owner: `text`; in a format of the target's own, what a killed owner left.
void WriteStaleFile(Stage& stage, std::string_view text);
void ReplacePidFile(Stage& stage, std::string_view content);  // by another file of that name
void RemovePidFile(Stage& stage);
void RemoveSafeguard(Stage& stage);  // with the files beside it: see stage/safeguard_files.h
// Renames the pid file's folder; an empty folder replaces it.
void RenameFolder(Stage& stage);

}  // namespace pidfall
