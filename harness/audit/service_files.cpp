#include "harness/audit/service_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <set>
#include <string_view>
#include <system_error>

#include "harness/input/bad_input.h"
#include "harness/process/fd.h"
#include "harness/supervisor/supervisor_files.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

bool Holds(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool IsExecutableFile(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return !error && fs::is_regular_file(status) &&
         (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
}

// Any folder may hold a program called `run`: its neighbours or its place must show more.
bool IsServiceFolder(const fs::path& folder) {
  if (!IsExecutableFile(folder / "run")) return false;
  static const std::set<std::string> places = {"sv", "service", "services",  "runit",
                                               "s6", "sv.d",    "services.d"};
  if (places.contains(folder.parent_path().filename())) return true;
  std::error_code error;
  for (const char* neighbour : {"finish", "supervise", "log", "notification-fd", "timeout-kill"}) {
    if (fs::exists(folder / neighbour, error)) return true;
  }
  return false;
}

std::string SupervisorOfFolder(const fs::path& folder) {
  std::error_code error;
  for (const fs::path& part : folder) {
    if (part.string().starts_with("s6")) return "s6:";
  }
  for (const char* file : {"notification-fd", "timeout-kill", "type"}) {
    if (fs::exists(folder / file, error)) return "s6:";
  }
  if (folder.parent_path() == "/service") return "daemontools:";
  return Holds(ReadOrEmpty(folder / "run").substr(0, 80), "execlineb") ? "s6:" : "runit:";
}

class Finder {
 public:
  void LookAt(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) throw BadInput(path, 0, error ? error.message() : "is not there");
    if (fs::is_directory(status)) {
      LookIntoFolder(Shown(path));
    } else {
      LookAtFile(Shown(path));
    }
  }

  ServiceFiles Found() { return std::move(found_); }

 private:
  // As the user wrote it, without a slash at its end.
  static fs::path Shown(const std::string& path) {
    const fs::path normal = fs::path(path).lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
  }

  static bool IsPassedOver(const fs::path& folder) {
    static const std::set<std::string> names = {".git", ".hg", ".svn", "node_modules"};
    return names.contains(folder.filename()) || folder == "/proc" || folder == "/sys" ||
           folder == "/dev";
  }

  bool IsNew(const fs::path& path) {
    std::error_code error;
    const fs::path whole = fs::canonical(path, error);
    return seen_.insert(error ? path : whole).second;
  }

  void LookIntoFolder(const fs::path& folder) {
    if (!IsNew(folder)) return;
    if (IsServiceFolder(folder)) {
      found_.policies.push_back(SupervisorOfFolder(folder) + folder.string());
      return;
    }
    std::vector<fs::path> files, folders;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code gone;
      const bool is_folder = entry->is_directory(gone);
      if (is_folder && entry->is_symlink(gone) && !IsServiceFolder(*entry)) continue;
      (is_folder ? folders : files).push_back(entry->path().lexically_normal());
    }
    if (error) found_.unread.push_back(folder.string() + ": " + error.message());
    std::sort(files.begin(), files.end());
    std::sort(folders.begin(), folders.end());
    for (const fs::path& file : files) LookAtFile(file);
    for (const fs::path& below : folders) {
      if (!IsPassedOver(below)) LookIntoFolder(below);
    }
  }

  // The same for all units of which systemd takes one only; empty: none of its folders.
  static std::string UnitOf(const fs::path& file) {
    static const std::regex known(
        R"((.*?)/(etc|run|usr/local/lib|usr/lib|lib)/systemd/(system|user)/([^/]+\.service))");
    std::smatch match;
    const std::string text = fs::absolute(file);
    if (!std::regex_match(text, match, known)) return "";
    return match.str(1) + "|" + match.str(3) + "|" + match.str(4);
  }

  // The first one counts: /etc comes before /usr.
  bool IsHidden(const std::string& unit) { return !unit.empty() && !units_.insert(unit).second; }

  void LookAtFile(const fs::path& link) {
    const std::vector<FileMatch> matches = LookedForAt(link);
    if (matches.empty()) return LookAtJavaScript(link);
    std::error_code error;
    const bool is_link = fs::is_symlink(link, error);
    const fs::path target = is_link ? fs::canonical(link, error) : link;
    const fs::path& file = is_link && !error ? target : link;
    const std::string unit = UnitOf(link);
    if (IsHidden(unit)) return;
    if (UnitOf(file) != unit && IsHidden(UnitOf(file))) return;
    // A unit that is a link to /dev/null is switched off.
    if (!fs::is_regular_file(file, error) || !IsNew(file)) return;
    if (const SupervisorRow* supervisor = SupervisorOf(file, matches)) {
      found_.policies.push_back(PrefixOf(*supervisor) + file.string());
    }
  }

  static std::vector<FileMatch> LookedForAt(const fs::path& file) {
    std::vector<FileMatch> matches = MatchesOf(file);
    std::erase_if(matches, [](const FileMatch& one) { return one.kind->looks_right == nullptr; });
    return matches;
  }

  // Null: none. A file that cannot be opened may be one; a huge one is none.
  const SupervisorRow* SupervisorOf(const fs::path& file, const std::vector<FileMatch>& matches) {
    try {
      const std::string text = ReadFile(file);
      const auto match = std::find_if(matches.begin(), matches.end(), [&](const FileMatch& one) {
        return one.kind->looks_right(text);
      });
      return match == matches.end() ? nullptr : match->supervisor;
    } catch (const std::system_error& error) {
      if (error.code().value() == EACCES || error.code().value() == EPERM) {
        found_.unread.push_back(file.string() + ": " + error.code().message());
      }
      return nullptr;
    }
  }

  void LookAtJavaScript(const fs::path& file) {
    static const std::regex name(R"((ecosystem|pm2)(\..+)?\.(js|cjs|mjs))");
    if (!std::regex_match(file.filename().string(), name) || !IsNew(file)) return;
    found_.unread.push_back(file.string() + ": a program: write its apps as JSON or YAML");
  }

  ServiceFiles found_;
  std::set<fs::path> seen_;
  std::set<std::string> units_;
};

}  // namespace

ServiceFiles FindServiceFiles(const std::vector<std::string>& paths) {
  Finder finder;
  for (const std::string& path : paths) finder.LookAt(path);
  return finder.Found();
}

std::vector<std::string> MachineFolders() {
  const char* home = std::getenv("HOME");
  const std::string own = home != nullptr && *home != '\0' ? home : "/root";
  std::vector<std::string> folders;
  for (const SupervisorRow& supervisor : AllSupervisors()) {
    for (const std::string place : supervisor.machine_places) {
      const std::string folder = place.front() == '~' ? own + place.substr(1) : place;
      std::error_code error;
      if (fs::exists(folder, error)) folders.push_back(folder);
    }
  }
  return folders;
}

}  // namespace pidfall
