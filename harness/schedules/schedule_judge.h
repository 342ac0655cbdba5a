// Judges the end of a contest: one owner must serve, and duplicates must say so.
//
//   JudgeSchedule(stage, state, contest, has_pid_file);   // throws Breach
//   StoryOf(contest)                                       // one column per contender
#pragma once

#include <string>
#include <vector>

#include "harness/schedules/contest.h"
#include "harness/schedules/schedule.h"
#include "harness/stage/stage.h"

namespace pidfall {

void JudgeSchedule(Stage& stage, StartState state, Contest& contest, bool has_pid_file);

std::vector<std::string> StoryOf(Contest& contest);

}  // namespace pidfall
