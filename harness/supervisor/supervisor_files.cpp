#include "harness/supervisor/supervisor_files.h"

#include <algorithm>
#include <regex>

namespace pidfall {
namespace {

namespace fs = std::filesystem;

struct Pattern {
  std::regex name;
  std::regex folder;
  FileMatch match;
};

// The last row is the first: the endings that fit many files (.conf, .json) stand above the names
// and folders that leave less doubt.
const std::vector<Pattern>& Patterns() {
  static const std::vector<Pattern> patterns = [] {
    std::vector<Pattern> all;
    for (const SupervisorRow& supervisor : AllSupervisors()) {
      for (const FileKind& kind : supervisor.files) {
        all.push_back({std::regex(kind.name), std::regex(kind.folder), {&supervisor, &kind}});
      }
    }
    std::reverse(all.begin(), all.end());
    return all;
  }();
  return patterns;
}

// std::regex recurses once for each letter; no file has such a name.
bool IsTooLong(const std::string& name) {
  constexpr std::size_t kMostLetters = 1000;
  return name.size() > kMostLetters;
}

}  // namespace

std::vector<FileMatch> MatchesOf(const fs::path& file) {
  const std::string name = file.filename();
  const fs::path above = file.parent_path();
  const std::string folder = above.parent_path().filename() / above.filename();
  if (IsTooLong(name) || IsTooLong(folder)) return {};
  std::vector<FileMatch> matches;
  for (const Pattern& pattern : Patterns()) {
    if (std::regex_match(name, pattern.name) && std::regex_match(folder, pattern.folder)) {
      matches.push_back(pattern.match);
    }
  }
  return matches;
}

std::string PrefixOf(const SupervisorRow& supervisor) {
  const bool is_told =
      std::all_of(supervisor.files.begin(), supervisor.files.end(),
                  [](const FileKind& kind) { return kind.told_by == ToldBy::kPath; });
  return is_told ? "" : std::string(supervisor.name) + ":";
}

}  // namespace pidfall
