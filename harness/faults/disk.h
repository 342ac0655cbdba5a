// A small disk for the pid file's folder, which can be made full or read-only.
//
//   MountSmallDisk(stage);
//   FillDisk(stage);
#pragma once

#include "harness/stage/stage.h"

namespace pidfall {

// 64 KiB. Skip without a full sandbox; NotApplicable where it would hide the target's program.
void MountSmallDisk(Stage& stage);
void FillDisk(Stage& stage);
void FreeDisk(Stage& stage);
void MakeDiskReadOnly(Stage& stage);
void MakeDiskWritable(Stage& stage);

}  // namespace pidfall
