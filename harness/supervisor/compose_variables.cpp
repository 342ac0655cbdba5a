#include "harness/supervisor/compose_variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/secrets.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

// A default may hold variables with defaults.
constexpr int kMostLevels = 20;

std::size_t NameLength(std::string_view text) {
  const auto is_of_name = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_';
  };
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0) return 0;
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_of_name) -
                                  text.begin());
}

// The place of the brace that closes the one before `text`; npos: none does.
std::size_t ClosingBrace(std::string_view text) {
  int open = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && i > 0 && text[i - 1] == '$') ++open;
    if (text[i] == '}' && --open == 0) return i;
  }
  return std::string_view::npos;
}

std::optional<std::string> OurVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// Our own variables win.
std::optional<std::string> FirstOf(const VariableLookup& ours,
                                   const std::map<std::string, std::string>& others,
                                   const std::string& name) {
  if (auto own = ours(name)) return own;
  const auto found = others.find(name);
  return found == others.end() ? std::nullopt : std::optional(found->second);
}

// Without its quotes, or without a comment behind it.
std::string_view BareValue(std::string_view value) {
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const std::size_t end = value.find(value.front(), 1);
    if (end != std::string_view::npos) return value.substr(1, end - 1);
  }
  return Trim(value.substr(0, value.find(" #")));
}

}  // namespace

void ComposeVariables::Refuse(std::string_view text, int line, const std::string& what) const {
  throw BadInput(file_, line, fmt::format("'{}': {}", text, what));
}

std::string ComposeVariables::Expand(std::string_view text, int line) {
  return Expand(text, line, 0);
}

std::string ComposeVariables::Expand(std::string_view text, int line, int depth) {
  if (depth > kMostLevels) Refuse(text, line, "nested too deeply");
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t dollar = std::min(text.find('$', at), text.size());
    expanded += text.substr(at, dollar - at);
    if (dollar == text.size()) break;
    const std::string_view rest = text.substr(dollar + 1);
    const std::size_t name = NameLength(rest);
    if (rest.starts_with('$')) {
      expanded += '$';
      at = dollar + 2;
    } else if (rest.starts_with('{')) {
      const std::size_t close = ClosingBrace(rest.substr(1));
      if (close == std::string_view::npos) Refuse(text, line, "nothing closes the ${");
      expanded += Braced(rest.substr(1, close), line, depth + 1);
      at = dollar + close + 3;
    } else {
      if (name == 0) Refuse(text, line, "a $ before no variable is written $$");
      expanded += ValueOf(std::string(rest.substr(0, name)), line);
      at = dollar + 1 + name;
    }
  }
  return expanded;
}

// With a colon, an empty value counts as none.
std::string ComposeVariables::Braced(std::string_view inside, int line, int depth) {
  const std::size_t length = NameLength(inside);
  const std::string name(inside.substr(0, length));
  std::string_view rest = inside.substr(length);
  if (name.empty()) Refuse(inside, line, "no variable's name");
  if (rest.empty()) return ValueOf(name, line);
  const bool empty_is_none = rest.front() == ':';
  if (empty_is_none) rest.remove_prefix(1);
  const char kind = rest.empty() ? '\0' : rest.front();
  if (kind != '-' && kind != '+' && kind != '?') {
    Refuse(inside, line, "behind the name stands none of :- - :+ + :? ?");
  }
  const std::optional<std::string> value = lookup_(name);
  const bool is_set = value && !(empty_is_none && value->empty());
  if (kind == '+') return is_set ? Expand(rest.substr(1), line, depth) : "";
  if (is_set) return ValueOf(name, line);
  if (kind == '-') return Expand(rest.substr(1), line, depth);
  throw BadInput(file_, line, fmt::format("{} is not set: {}", name, rest.substr(1)));
}

std::string ComposeVariables::ValueOf(const std::string& name, int line) {
  if (const auto value = lookup_(name)) {
    RememberSecret(name, *value);
    return *value;
  }
  const std::string note = fmt::format("{}:{}: {} is not set: taken as empty", file_, line, name);
  if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
  return "";
}

std::map<std::string, std::string> ParseDotEnv(const std::string& file, const std::string& text,
                                               const VariableLookup& ours) {
  std::map<std::string, std::string> variables;
  ComposeVariables earlier(file,
                           [&](const std::string& name) { return FirstOf(ours, variables, name); });
  for (const TextLine& line : LinesOf(text)) {
    std::string_view pair = Trim(line.text);
    if (pair.empty() || pair.front() == '#') continue;
    if (pair.starts_with("export ")) pair = Trim(pair.substr(7));
    const std::size_t name = NameLength(pair);
    const std::string_view rest = Trim(pair.substr(name));
    if (name == 0) throw BadInput(file, line.number, "no NAME=value");
    if (!rest.starts_with('=')) continue;  // NAME alone: our own, where it is set
    const std::string_view value = Trim(rest.substr(1));
    const std::string_view bare = BareValue(value);
    variables[std::string(pair.substr(0, name))] =
        value.starts_with('\'') ? std::string(bare) : earlier.Expand(bare, line.number);
  }
  return variables;
}

VariableLookup OursThenDotEnv(const std::string& compose_file) {
  const std::filesystem::path file = std::filesystem::path(compose_file).parent_path() / ".env";
  std::error_code error;
  std::map<std::string, std::string> variables;
  if (std::filesystem::is_regular_file(file, error)) {
    variables = ParseDotEnv(file, ReadText(file), OurVariable);
  }
  return [variables](const std::string& name) { return FirstOf(OurVariable, variables, name); };
}

}  // namespace pidfall
