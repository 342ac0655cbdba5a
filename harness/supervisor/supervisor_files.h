// The supervisors whose file may stand at a path.
//
//   for (const FileMatch& match : MatchesOf("/etc/monit/conf.d/web")) {
//     if (match.kind->looks_right(text)) found.push_back(PrefixOf(*match.supervisor) + path);
//   }
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/supervisor/supervisor_table.h"

namespace pidfall {

struct FileMatch {
  const SupervisorRow* supervisor;
  const FileKind* kind;
};

// The kinds whose name and folder fit; the file need not exist. A later row of the table comes
// first.
std::vector<FileMatch> MatchesOf(const std::filesystem::path& file);

// "monit:" where the path of one of its files does not tell the supervisor, "" where each does.
std::string PrefixOf(const SupervisorRow& supervisor);

}  // namespace pidfall
