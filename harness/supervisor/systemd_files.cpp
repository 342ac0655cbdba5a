#include "harness/supervisor/systemd_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// The later ones hide the earlier ones (systemd.unit(5), "Unit File Load Path").
constexpr const char* kUnitFolders[] = {"/lib/systemd/system", "/usr/lib/systemd/system",
                                        "/run/systemd/system", "/etc/systemd/system"};

class AssignmentReader {
 public:
  explicit AssignmentReader(const NamedText& file) : file_(file) {}

  std::vector<UnitAssignment> Read() {
    for (const TextLine& line : LinesOf(file_.text)) Take(line);
    if (pending_) Fail(pending_line_, "the last line ends in a backslash");
    return std::move(assignments_);
  }

 private:
  [[noreturn]] void Fail(int line, const std::string& what) const {
    throw BadInput(file_.name, line, what);
  }

  // A comment inside a continued line is left out of it.
  void Take(const TextLine& line) {
    const std::string_view text = Trim(line.text);
    const bool comment = !text.empty() && (text.front() == '#' || text.front() == ';');
    if (comment || (text.empty() && !pending_)) return;
    if (!pending_) pending_line_ = line.number;
    const bool continued = !text.empty() && text.back() == '\\';
    logical_ += continued ? text.substr(0, text.size() - 1) : text;
    if (continued) logical_ += ' ';
    pending_ = continued;
    if (continued) return;
    const std::string whole = std::exchange(logical_, "");
    Logical(Trim(whole));
  }

  void Logical(std::string_view line) {
    if (line.empty()) return;
    if (line.front() == '[') {
      if (line.back() != ']') Fail(pending_line_, "a section's name without its ]");
      section_ = line.substr(1, line.size() - 2);
      return;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) Fail(pending_line_, "neither [SECTION] nor KEY=VALUE");
    if (section_.empty()) Fail(pending_line_, "stands before any [SECTION]");
    const std::string_view key = Trim(line.substr(0, equals));
    if (key.empty()) Fail(pending_line_, "no key before the =");
    const std::string_view value = Trim(line.substr(equals + 1));
    assignments_.push_back(
        {section_, std::string(key), std::string(value), file_.name, pending_line_});
  }

  const NamedText& file_;
  std::vector<UnitAssignment> assignments_;
  std::string section_;
  std::string logical_;
  bool pending_ = false;
  int pending_line_ = 0;
};

void CollectDropIns(const fs::path& folder, std::map<std::string, fs::path>* drop_ins) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".conf") (*drop_ins)[file.filename()] = file;
  }
}

bool IsUnitFolder(const fs::path& folder) {
  for (const char* known : kUnitFolders) {
    if (folder == known) return true;
  }
  return false;
}

void CollectAllDropIns(const fs::path& unit, std::map<std::string, fs::path>* drop_ins) {
  const std::string folder = unit.filename().string() + ".d";
  CollectDropIns(unit.parent_path() / folder, drop_ins);
  if (!IsUnitFolder(unit.parent_path())) return;
  for (const char* known : kUnitFolders) CollectDropIns(fs::path(known) / folder, drop_ins);
}

// "a" of web@a.service; empty: it is no instance of a template.
std::string InstanceOf(const fs::path& unit) {
  const std::string stem = unit.stem();
  const std::size_t at = stem.find('@');
  return at == std::string::npos ? "" : stem.substr(at + 1);
}

fs::path TemplateOf(const fs::path& unit) {
  const std::string name = unit.filename();
  return unit.parent_path() / (name.substr(0, name.find('@') + 1) + unit.extension().string());
}

// systemd.unit(5), "Specifiers": %I is unescaped, where `-` stands for a `/`.
std::string WithInstance(const std::string& text, const std::string& instance) {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] != '%' || (next != 'i' && next != 'I' && next != '%')) {
      filled += text[i];
      continue;
    }
    std::string value = next == '%' ? "%%" : instance;
    if (next == 'I') std::replace(value.begin(), value.end(), '-', '/');
    filled += value;
    ++i;
  }
  return filled;
}

}  // namespace

std::vector<UnitAssignment> ParseAssignments(const NamedText& file) {
  return AssignmentReader(file).Read();
}

std::vector<NamedText> ReadUnitFiles(const std::string& unit) {
  const std::string instance = InstanceOf(unit);
  std::error_code error;
  const bool from_template =
      !instance.empty() && !fs::exists(unit, error) && fs::exists(TemplateOf(unit), error);
  std::vector<NamedText> files = {
      {unit, ReadText(from_template ? TemplateOf(unit).string() : unit)}};
  const fs::path path = fs::absolute(unit).lexically_normal();
  std::map<std::string, fs::path> drop_ins;
  if (!instance.empty()) CollectAllDropIns(TemplateOf(path), &drop_ins);
  CollectAllDropIns(path, &drop_ins);
  for (const auto& [name, file] : drop_ins) files.push_back({file, ReadText(file)});
  if (instance.empty()) return files;
  for (NamedText& file : files) file.text = WithInstance(file.text, instance);
  return files;
}

// https://github.com/systemd/systemd/blob/v252/src/core/service.c (service_verify)
bool UnitRunsNothing(const std::vector<NamedText>& files) {
  static const std::set<std::string> off = {"none", "no", "false", "off", "0"};
  std::map<std::string, bool> is_set;
  for (const NamedText& file : files) {
    for (const UnitAssignment& at : ParseAssignments(file)) {
      is_set[at.key] = !at.value.empty() && !off.contains(at.value);
    }
  }
  const bool stays = is_set["RemainAfterExit"] && is_set["ExecStop"];
  return !is_set["ExecStart"] && (stays || is_set["SuccessAction"]);
}

}  // namespace pidfall
