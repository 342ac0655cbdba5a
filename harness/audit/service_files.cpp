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

namespace pidfall {
namespace {

namespace fs = std::filesystem;

bool Holds(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool HasLine(const std::string& text, const char* beginning) {
  return text.starts_with(beginning) || Holds(text, std::string("\n") + beginning);
}

// D-Bus and Avahi have files with the same ending. An empty one switches the unit off
// (systemd.unit(5), "masked").
bool IsUnit(const std::string& text) {
  if (text.empty()) return false;
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const bool is_xml = begin != std::string::npos && text[begin] == '<';
  return !is_xml && !Holds(text, "[D-BUS Service]");
}

bool IsLaunchdJob(const std::string& text) {
  return Holds(text, "Label") && Holds(text, "Program") && !Holds(text, "CFBundleIdentifier");
}

bool IsComposeOrManifest(const std::string& text) {
  return HasLine(text, "services:") || (HasLine(text, "kind:") && HasLine(text, "apiVersion:"));
}

bool IsSupervisordConf(const std::string& text) { return HasLine(text, "[program:"); }

// Cut off, or no text.
bool IsBrokenJson(const std::string& text) {
  const auto count = [&](char letter) { return std::count(text.begin(), text.end(), letter); };
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string::npos || text[last] != '}' || count('{') > count('}') ||
         count('\0') != 0;
}

// What a broken one held is not known: it is named.
bool MayHaveStartScript(const std::string& text) {
  return (Holds(text, "\"scripts\"") && Holds(text, "\"start\"")) || IsBrokenJson(text);
}

bool IsEcosystem(const std::string& text) { return Holds(text, "apps") && Holds(text, "script"); }

bool IsMonitControl(const std::string& text) { return Holds(text, "check process"); }

// With a start() of its own instead of a command, only a shell can tell what it runs.
bool IsOpenrcScript(const std::string& text) {
  const std::string first = text.substr(0, text.find('\n'));
  return first.starts_with("#!") && (Holds(first, "openrc-run") || Holds(first, "runscript")) &&
         Holds(text, "command=");
}

bool IsAny(const std::string&) { return true; }

// The first row that has the file's name, its folder's and its content. Where name or folder leave
// no doubt, any content belongs: a broken file is then named, by the reader's error.
struct FileKind {
  const char* name;                          // a regular expression, of the whole name
  const char* supervisor;                    // before the path; "": the name says it
  bool (*belongs)(const std::string& text);  // by its content
  const char* folder = ".*";                 // the same, of the last two folders above it
};
constexpr FileKind kFileKinds[] = {
    {R"(.+\.service)", "", IsUnit},
    {R"(Procfile(\..+)?)", "procfile:", IsAny},
    {R"(package\.json)", "", MayHaveStartScript},
    {R"((ecosystem|pm2|process)(\..+)?\.(json|ya?ml))", "pm2:", IsEcosystem},
    {R"(.+\.plist)", "", IsAny, R"((.*/)?Launch(Agents|Daemons))"},
    {R"(.+\.plist)", "", IsLaunchdJob},
    {R"((docker-)?compose(\..+)?\.ya?ml)", "", IsAny},
    {R"(.+\.ya?ml)", "", IsComposeOrManifest},
    {R"(.+\.(conf|ini))", "", IsSupervisordConf},
    {R"(.*monitrc|.+\.monit)", "monit:", IsMonitControl},
    {".+", "monit:", IsMonitControl, R"(.*/monit(\.d)?|monit/conf(\.d|-enabled))"},
    {R"(.+\.(initd|openrc))", "openrc:", IsOpenrcScript},
    {".+", "openrc:", IsOpenrcScript, R"(.*/(init\.d|openrc))"}};

std::vector<const FileKind*> KindsOf(const fs::path& file) {
  static const std::vector<std::pair<std::regex, std::regex>> patterns = [] {
    std::vector<std::pair<std::regex, std::regex>> all;
    for (const FileKind& kind : kFileKinds) all.emplace_back(kind.name, kind.folder);
    return all;
  }();
  const std::string name = file.filename();
  const fs::path above = file.parent_path();
  const std::string folder = above.parent_path().filename() / above.filename();
  std::vector<const FileKind*> kinds;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto& [name_pattern, folder_pattern] = patterns[i];
    if (std::regex_match(name, name_pattern) && std::regex_match(folder, folder_pattern)) {
      kinds.push_back(&kFileKinds[i]);
    }
  }
  return kinds;
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
    const std::vector<const FileKind*> kinds = KindsOf(link);
    if (kinds.empty()) return LookAtJavaScript(link);
    std::error_code error;
    const bool is_link = fs::is_symlink(link, error);
    const fs::path target = is_link ? fs::canonical(link, error) : link;
    const fs::path& file = is_link && !error ? target : link;
    const std::string unit = UnitOf(link);
    if (IsHidden(unit)) return;
    if (UnitOf(file) != unit && IsHidden(UnitOf(file))) return;
    // A unit that is a link to /dev/null is switched off.
    if (!fs::is_regular_file(file, error) || !IsNew(file)) return;
    if (const FileKind* kind = KindOf(file, kinds)) {
      found_.policies.push_back(kind->supervisor + file.string());
    }
  }

  // Null: none. A file that cannot be opened may be one; a huge one is none.
  const FileKind* KindOf(const fs::path& file, const std::vector<const FileKind*>& kinds) {
    try {
      const std::string text = ReadFile(file);
      const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const FileKind* one) { return one->belongs(text); });
      return kind == kinds.end() ? nullptr : *kind;
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
  for (const std::string& folder :
       {std::string("/etc/systemd/system"), std::string("/run/systemd/system"),
        std::string("/usr/local/lib/systemd/system"), std::string("/usr/lib/systemd/system"),
        own + "/.config/systemd/user", std::string("/etc/systemd/user"),
        std::string("/Library/LaunchDaemons"), std::string("/Library/LaunchAgents"),
        own + "/Library/LaunchAgents", std::string("/etc/supervisor"),
        std::string("/etc/supervisord.conf"), std::string("/etc/supervisord.d"),
        std::string("/etc/sv"), std::string("/etc/service"), std::string("/service"),
        std::string("/etc/monit"), std::string("/etc/monitrc"), std::string("/etc/monit.d"),
        std::string("/etc/init.d")}) {
    std::error_code error;
    if (fs::exists(folder, error)) folders.push_back(folder);
  }
  return folders;
}

}  // namespace pidfall
