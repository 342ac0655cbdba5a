// The table of supervisors: a row says all that the other rooms need to know about one. How a
// policy of it is made, by which path and content its files are known, and how they are read.
//
//   for (const SupervisorRow& supervisor : AllSupervisors()) names.push_back(supervisor.name);
//
// supervisor_files.h finds the rows that a path fits.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/file_text.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

// By the path alone, as in `--policy a.plist`; or only with its name before it, as in `monit:web`.
enum class ToldBy { kPath, kPrefix };

struct FileKind {
  const char* name;  // a regular expression, of the file's whole name
  ToldBy told_by = ToldBy::kPath;
  // For `audit`: the text is that of such a file. Where name and folder leave no doubt, any text
  // is, so that the reader names a broken file by its error. Null: audit looks for no such file.
  bool (*looks_right)(const std::string& text) = nullptr;
  const char* folder = ".*";  // a regular expression, of the last two folders above the file
  // Where the files of several supervisors have this name: it reads the file, and tells whether it
  // is its own. Throws BadInput. Null: it is.
  bool (*owns)(const std::string& file) = nullptr;
};

struct SupervisorRow {
  const char* name;
  // `setting` stands behind `name:`; empty: the one that its users meet first. Null: no such
  // setting, or (the pointer) none at all.
  std::unique_ptr<Policy> (*make)(const std::string& setting) = nullptr;
  std::vector<const char*> settings = {};  // those of docs/supervisors.md
  std::unique_ptr<Policy> (*read)(const FileAndName& file) = nullptr;  // null: no file is read
  bool argument_is_a_file = false;                                     // a folder, by any name
  // The services in the text of a file; null: it holds one.
  std::vector<std::string> (*names)(const std::string& file, const std::string& text) = nullptr;
  // As `read`, of a text that is not in a file yet: for the fuzz targets, which
  // harness/supervisor/CMakeLists.txt lists. `name` is that of the service.
  std::unique_ptr<Policy> (*parse)(const std::string& file, const std::string& text,
                                   const std::string& name) = nullptr;
  std::vector<FileKind> files = {};
  // Where a machine keeps its files, in the order in which they count; ~ is the user's home.
  std::vector<const char*> machine_places = {};
};

const std::vector<SupervisorRow>& AllSupervisors();

// Null: there is none of that name.
const SupervisorRow* SupervisorNamed(const std::string& name);

}  // namespace pidfall
