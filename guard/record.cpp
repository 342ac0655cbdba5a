#include "guard/record.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pidfall::guard {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr pid_t kPidMax = 4194304;  // PID_MAX_LIMIT, the kernel's limit of pid_max
constexpr size_t kLongestValue = 128;

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<pid_t> ParsePidDigits(std::string_view digits) {
  const auto pid = ParseNumber<pid_t>(digits);
  if (!pid || digits.front() == '0' || *pid > kPidMax) return std::nullopt;
  return pid;
}

bool Printable(std::string_view value) {
  return value.size() <= kLongestValue &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c != 0x7f; });
}

void Append(std::string* text, std::string_view key, std::string_view value) {
  if (value.empty() || !Printable(value)) return;
  text->append(key).append("=").append(value).append("\n");
}

// The line up to the next newline, removed from `text`; nothing when there is no newline.
std::optional<std::string_view> TakeLine(std::string_view* text) {
  const size_t newline = text->find('\n');
  if (newline == std::string_view::npos) return std::nullopt;
  const std::string_view line = text->substr(0, newline);
  text->remove_prefix(newline + 1);
  return line;
}

constexpr std::pair<RunState, std::string_view> kStates[] = {{RunState::kAlive, "alive"},
                                                             {RunState::kStarting, "starting"},
                                                             {RunState::kReady, "ready"},
                                                             {RunState::kEnded, "ended"}};

std::string_view NameOf(RunState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return "alive";
}

// A state that only a newer version knows still means an owner.
RunState StateNamed(std::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (known == name) return state;
  }
  return RunState::kAlive;
}

bool SetNumber(std::string_view value, uint64_t* number) {
  const auto parsed = ParseNumber<uint64_t>(value);
  if (parsed) *number = *parsed;
  return parsed.has_value();
}

bool SetField(std::string_view line, Record* record) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = line.substr(0, equals);
  const std::string_view value = line.substr(equals + 1);
  if (!Printable(value)) return false;
  if (key == "state") record->state = StateNamed(value);
  if (key == "boot") record->boot = value;
  if (key == "token") record->token = value;
  if (key == "pid_file") record->pid_file = value;
  if (key == "supervisor") record->supervisor = value;
  if (key == "unit") record->unit = value;
  if (key == "pid_namespace") return SetNumber(value, &record->pid_namespace);
  return true;
}

}  // namespace

std::string FormatRecord(const Record& record) {
  std::string text = std::to_string(record.pid) + "\n";
  Append(&text, "version", "1");
  Append(&text, "state", NameOf(record.state));
  Append(&text, "boot", record.boot);
  Append(&text, "token", record.token);
  Append(&text, "pid_namespace", std::to_string(record.pid_namespace));
  Append(&text, "pid_file", record.pid_file);
  // The label comes last and only if it fits: the rest has a known, smaller size.
  std::string label;
  Append(&label, "supervisor", record.supervisor);
  Append(&label, "unit", record.unit);
  if (text.size() + label.size() + 4 <= kRecordSize) text += label;
  text += "end\n";
  text.resize(kRecordSize, '\n');
  return text;
}

std::optional<Record> ParseRecord(std::string_view text) {
  text = text.substr(0, kRecordSize);
  const auto first = TakeLine(&text);
  const auto pid = first ? ParsePidDigits(*first) : std::nullopt;
  if (!pid) return std::nullopt;
  Record record;
  record.pid = *pid;
  while (const auto line = TakeLine(&text)) {
    if (*line == "end") return record;
    if (!SetField(*line, &record)) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<pid_t> ParsePid(std::string_view text) {
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return std::nullopt;
  text = text.substr(start, text.find('\n', start) - start);
  return ParsePidDigits(text.substr(0, text.find_last_not_of(kBlanks) + 1));
}

}  // namespace pidfall::guard
