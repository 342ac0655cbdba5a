#include "harness/supervisor/monit_statements.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

constexpr std::string_view kBetweenWords = " \t\r\n";

bool IsOneOf(const MonitWord& word, std::initializer_list<std::string_view> keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return word.Is(keyword); });
}

class WordReader {
 public:
  WordReader(const std::string& file, std::string_view text) : file_(file), rest_(text) {}

  std::vector<MonitWord> Read() {
    while (SkipBlank(), !rest_.empty()) TakeNext();
    return std::move(words_);
  }

 private:
  void Skip(std::size_t count) {
    line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + count, '\n'));
    rest_.remove_prefix(count);
  }

  void SkipBlank() { Skip(std::min(rest_.find_first_not_of(kBetweenWords), rest_.size())); }

  void TakeNext() {
    const char first = rest_.front();
    if (first == '#') return Skip(std::min(rest_.find('\n'), rest_.size()));
    if (first == '"' || first == '\'') return TakeUpTo(first, true);
    // A text in braces (the events of an alert, a mail) decides no restart.
    if (first == '{') return TakeUpTo('}', false);
    if (first == '=' || first == ',' || first == '}') return Skip(1);
    const std::size_t end = std::min(rest_.find_first_of(" \t\r\n=\"'{},"), rest_.size());
    words_.push_back({std::string(rest_.substr(0, end)), false, line_});
    Skip(end);
  }

  void TakeUpTo(char last, bool is_word) {
    const std::size_t end = rest_.find(last, 1);
    if (end == std::string_view::npos) {
      throw BadInput(file_, line_, std::string("no ") + last + " closes the " + rest_.front());
    }
    if (is_word) words_.push_back({std::string(rest_.substr(1, end - 1)), true, line_});
    Skip(end + 1);
  }

  const std::string& file_;
  std::string_view rest_;
  int line_ = 1;
  std::vector<MonitWord> words_;
};

// `then restart`, `set alert`, `onreboot start`, `not every`, `repeat every`, `if 5 restart 5
// cycles`: there the same word goes on with what has begun.
bool GoesOn(const std::vector<MonitWord>& words, std::size_t at) {
  if (at == 0) return false;
  if (IsOneOf(words[at - 1], {"then", "else", "set", "not", "repeat", "onreboot"})) return true;
  return at > 1 && words[at].Is("restart") && words[at - 2].Is("if");
}

bool BeginsStatement(const std::vector<MonitWord>& words, std::size_t at) {
  const auto next_is = [&](std::string_view keyword) {
    return at + 1 < words.size() && words[at + 1].Is(keyword);
  };
  const MonitWord& word = words[at];
  if (IsOneOf(word, {"check", "set", "include"})) return true;
  if (word.Is("not") && next_is("every")) return true;
  if (word.Is("start") && next_is("delay")) return false;
  if (GoesOn(words, at)) return false;
  return IsOneOf(word, {"start", "stop", "restart", "if", "every", "mode", "onreboot", "group",
                        "depend", "depends", "alert", "noalert"});
}

}  // namespace

bool MonitWord::Is(std::string_view keyword) const {
  return !is_quoted &&
         std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(),
                    [](unsigned char one, char other) { return std::tolower(one) == other; });
}

std::vector<MonitStatement> ReadMonitStatements(const std::string& file, std::string_view text) {
  std::vector<MonitWord> words = WordReader(file, text).Read();
  std::vector<bool> begins(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) begins[i] = BeginsStatement(words, i);
  std::vector<MonitStatement> statements;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (begins[i]) statements.emplace_back();
    if (statements.empty()) {
      throw BadInput(file, words[i].line, "'" + words[i].text + "' begins no statement");
    }
    statements.back().push_back(std::move(words[i]));
  }
  return statements;
}

}  // namespace pidfall
