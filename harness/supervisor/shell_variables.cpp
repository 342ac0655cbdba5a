#include "harness/supervisor/shell_variables.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

constexpr std::size_t kLongestValue = 1 << 12;
constexpr int kDeepestBraces = 16;

bool IsNameLetter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// The name at the front of a text; empty: it begins with none.
std::string_view NameIn(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsNameLetter);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const bool is_number = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) != 0;
  return is_number ? std::string_view() : name;
}

// The place behind what a quote, a brace or a bracket at `at` opens; npos: nothing closes it.
std::size_t BehindOpened(std::string_view text, std::size_t at);

std::size_t BehindBraces(std::string_view text, std::size_t at, char opening, char closing) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == opening) {
      ++depth;
    } else if (text[at] == closing && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

std::size_t BehindDoubleQuote(std::string_view text, std::size_t at) {
  for (++at; at < text.size();) {
    if (text[at] == '"') return at + 1;
    const std::size_t behind = text[at] == '\'' ? at + 1 : BehindOpened(text, at);
    if (behind == std::string_view::npos) return behind;
    at = behind;
  }
  return std::string_view::npos;
}

std::size_t BehindOpened(std::string_view text, std::size_t at) {
  const auto behind = [&](char closing) {
    const std::size_t end = text.find(closing, at + 1);
    return end == std::string_view::npos ? end : end + 1;
  };
  if (text[at] == '\\') return std::min(at + 2, text.size());
  if (text[at] == '\'' || text[at] == '`') return behind(text[at]);
  if (text[at] == '"') return BehindDoubleQuote(text, at);
  if (text.substr(at).starts_with("${")) return BehindBraces(text, at + 1, '{', '}');
  if (text.substr(at).starts_with("$(")) return BehindBraces(text, at + 1, '(', ')');
  return at + 1;
}

using Variables = std::map<std::string, ShellVariable>;

// A word as the shell expands it, with the variables that are known by then.
class Expansion {
 public:
  Expansion(Variables* variables, ShellVariable place)
      : variables_(variables), expanded_(std::move(place)) {}

  ShellVariable Of(std::string_view word) {
    expanded_.value = Text(word, 0);
    return std::move(expanded_);
  }

 private:
  std::string Text(std::string_view text, int depth) {
    std::string out;
    bool in_quotes = false;
    for (std::size_t at = 0; at < text.size();) {
      if (text[at] == '"') {
        in_quotes = !in_quotes;
        ++at;
      } else if (in_quotes && text[at] == '\'') {
        out += text[at++];
      } else {
        at = TakePiece(text, at, depth, &out);
      }
      if (out.size() > kLongestValue) {
        throw BadInput(expanded_.file, expanded_.line, "a value of more than 4 KiB");
      }
    }
    return out;
  }

  // Returns the place behind it.
  std::size_t TakePiece(std::string_view text, std::size_t at, int depth, std::string* out) {
    const std::size_t behind = std::min(BehindOpened(text, at), text.size());
    const std::string_view piece = text.substr(at, behind - at);
    if (piece[0] == '\\' && piece.size() == 2) {
      if (piece[1] != '\n') *out += piece[1];
    } else if (piece[0] == '\'' && piece.size() > 1) {
      *out += piece.substr(1, piece.size() - 2);
    } else if (piece.starts_with("${")) {
      *out += Braces(piece, depth);
    } else if (piece[0] == '$' && piece.size() == 1) {
      const std::string_view name = NameIn(text.substr(at + 1));
      *out += name.empty() ? Unknown(piece) : ValueOf(std::string(name));
      return at + 1 + name.size();
    } else {
      *out += piece[0] == '`' || piece[0] == '$' ? Unknown(piece) : std::string(piece);
    }
    return behind;
  }

  std::string Unknown(std::string_view piece) {
    expanded_.is_whole = false;
    return std::string(piece);
  }

  std::string ValueOf(const std::string& name) {
    const auto found = variables_->find(name);
    if (found == variables_->end()) return "";
    expanded_.is_whole = expanded_.is_whole && found->second.is_whole;
    return found->second.value;
  }

  // ${NAME}, ${NAME:-WORD}, ${NAME:=WORD}, ${NAME:+WORD}, the last three also without the colon.
  std::string Braces(std::string_view piece, int depth) {
    const std::string_view inside = piece.substr(2, piece.size() - 3);
    const std::string name(NameIn(inside));
    std::string_view rest = inside.substr(name.size());
    if (name.empty() || depth >= kDeepestBraces) return Unknown(piece);
    if (rest.empty()) return ValueOf(name);
    const bool counts_empty = rest[0] == ':';
    if (counts_empty) rest.remove_prefix(1);
    if (rest.empty() || std::string_view("-=+").find(rest[0]) == std::string_view::npos) {
      return Unknown(piece);
    }
    return Conditional(name, counts_empty, rest, depth);
  }

  std::string Conditional(const std::string& name, bool counts_empty, std::string_view rest,
                          int depth) {
    const auto found = variables_->find(name);
    const bool is_set =
        found != variables_->end() && !(counts_empty && found->second.value.empty());
    if (rest[0] == '+') return is_set ? Text(rest.substr(1), depth + 1) : "";
    if (is_set) return ValueOf(name);
    std::string value = Text(rest.substr(1), depth + 1);
    if (rest[0] != '=') return value;
    ShellVariable& made = (*variables_)[name] = expanded_;
    made.value = value;
    return value;
  }

  Variables* variables_;
  ShellVariable expanded_;
};

// A script's commands at its top level, one by one.
class ScriptReader {
 public:
  ScriptReader(const std::string& file, std::string_view text, Variables* variables,
               std::vector<ShellFunction>* functions)
      : file_(file), rest_(text), variables_(variables), functions_(functions) {}

  void Read() {
    while (SkipBetween(), !rest_.empty()) TakeCommand();
  }

 private:
  void Skip(std::size_t count) {
    line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + count, '\n'));
    rest_.remove_prefix(count);
  }
  void SkipLine() { Skip(std::min(rest_.find('\n'), rest_.size())); }

  void SkipBetween() {
    while (!rest_.empty()) {
      if (rest_.front() == '#') {
        SkipLine();
      } else if (rest_.starts_with("\\\n")) {
        Skip(2);
      } else if (std::string_view(" \t\r\n;&|").find(rest_.front()) != std::string_view::npos) {
        Skip(1);
      } else {
        return;
      }
    }
  }

  // The next word of the same command; empty: there is none.
  std::string_view TakeWord() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) Skip(1);
    std::size_t end = 0;
    while (end < rest_.size() &&
           std::string_view(" \t\r\n;&|").find(rest_[end]) == std::string_view::npos) {
      const std::size_t behind = BehindOpened(rest_, end);
      if (behind == std::string_view::npos) {
        throw BadInput(file_, line_, std::string("nothing closes the ") + rest_[end]);
      }
      end = behind;
    }
    const std::string_view word = rest_.substr(0, end);
    word_line_ = line_;
    Skip(end);
    return word;
  }

  ShellVariable Expand(std::string_view word) {
    return Expansion(variables_,
                     {.file = file_, .line = word_line_, .is_certain = conditions_ == 0})
        .Of(word);
  }

  // NAME=VALUE
  bool TakeAssignment(std::string_view word, bool is_exported) {
    const std::string_view name = NameIn(word);
    const bool assigns = !name.empty() && word.substr(name.size()).starts_with("=");
    if (!assigns) return false;
    ShellVariable variable = Expand(word.substr(name.size() + 1));
    variable.is_exported = is_exported;
    (*variables_)[std::string(name)] = std::move(variable);
    return true;
  }

  // NAME() or NAME ()
  bool TakeFunction(std::string_view word) {
    const std::string_view name = NameIn(word);
    const std::string_view rest = word.substr(name.size());
    if (name.empty() || (rest.empty() && !NextIsBrackets())) return false;
    if (!rest.empty() && !rest.starts_with("()")) return false;
    functions_->push_back({std::string(name), file_, word_line_});
    SkipBody();
    return true;
  }

  bool NextIsBrackets() const {
    const std::size_t at = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    return rest_.substr(at).starts_with("()") || rest_.substr(at).starts_with("( )");
  }

  // To the line that a `}` begins, or to the end of the function's only line.
  void SkipBody() {
    const std::string_view first = rest_.substr(0, rest_.find('\n'));
    SkipLine();
    const std::size_t last = first.find_last_not_of(" \t\r;");
    if (last != std::string_view::npos && first[last] == '}') return;
    do {
      Skip(std::min<std::size_t>(1, rest_.size()));
      const bool closes = rest_.starts_with('}');
      SkipLine();
      if (closes) return;
    } while (!rest_.empty());
  }

  void NoteCondition(std::string_view word) {
    for (const char* opens : {"if", "case", "for", "while", "until"}) {
      if (word == opens) ++conditions_;
    }
    for (const char* closes : {"fi", "esac", "done"}) {
      if (word == closes && conditions_ > 0) --conditions_;
    }
  }

  void TakeCommand() {
    const std::string_view word = TakeWord();
    NoteCondition(word);
    // The word after one of these is a command too.
    for (const char* keyword : {"if", "then", "else", "elif", "do", "while", "until", "!", "{"}) {
      if (word == keyword) return;
    }
    const bool exports = word == "export" || word == "readonly" || word == "local";
    if (!exports && TakeFunction(word)) return;
    bool assigns = exports || TakeAssignment(word, false);
    for (std::string_view next = TakeWord(); !next.empty(); next = TakeWord()) {
      if (next.front() == '#') return SkipLine();
      if (word == ":") Expand(next);
      assigns = assigns && TakeAssignment(next, exports);
    }
  }

  const std::string& file_;
  std::string_view rest_;
  int line_ = 1;
  int word_line_ = 1;
  int conditions_ = 0;
  Variables* variables_;
  std::vector<ShellFunction>* functions_;
};

}  // namespace

ShellVariables::ShellVariables(const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) variables_[name].value = value;
}

void ShellVariables::Read(const std::string& file, std::string_view text) {
  ScriptReader(file, text, &variables_, &functions_).Read();
}

const ShellVariable* ShellVariables::Find(const std::string& name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? nullptr : &found->second;
}

}  // namespace pidfall
