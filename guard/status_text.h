// The output of `pidfall-guard status` and `who`, for people and for programs.
//
//   Say(Describe(Ask(path)));                        // running, PID 12
//   Say(Json({path, "owner", 12, true, {15}, ""}));  // one line
#pragma once

#include <string>
#include <vector>

#include "guard/copy_state.h"
#include "guard/query.h"

namespace pidfall::guard {

std::string Describe(const Answered& answered);
std::string Describe(const Copy& copy);

// "  standing by: PID 12, PID 15"; empty for an empty list.
std::string Describe(const std::vector<pid_t>& standing_by);

// One object on one line. Its fields are stable: more may be added, none is removed.
struct StatusLine {
  std::string pid_file;
  std::string state;  // owner, starting, standing-by, ended-with-file, none, unknown
  pid_t pid = 0;      // left out when it is 0
  bool verified = false;
  std::vector<pid_t> standing_by = {};
  std::string why = {};  // left out when it is empty
};
std::string Json(const StatusLine& line);

std::string NameOf(const Answered& answered);
std::string NameOf(CopyState state);

}  // namespace pidfall::guard
