// Makes the changes of an incident to the surroundings of its processes, on a stage.
//
//   MakeChange(stage, {Change::Kind::kWrite, stage.pid_file(), "99999"});
#pragma once

#include "harness/simulation/jobs.h"
#include "harness/stage/stage.h"

namespace pidfall {

// Files by their whole paths. Skip where this machine cannot.
void MakeChange(Stage& stage, const Change& change);

}  // namespace pidfall
