#include "harness/supervisor/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pidfall {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool IsBlank(char letter) { return kBlank.find(letter) != std::string_view::npos; }

class WordSplitter {
 public:
  std::optional<std::vector<std::string>> Split(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && quote_ != '\'' && i + 1 < text.size()) {
        Append(text[++i]);
      } else {
        Take(text[i]);
      }
    }
    if (quote_ != 0) return std::nullopt;
    EndWord();
    return std::move(words_);
  }

 private:
  void Take(char letter) {
    if (quote_ == 0 && IsBlank(letter)) return EndWord();
    if (quote_ == 0 && (letter == '"' || letter == '\'')) {
      quote_ = letter;
      begun_ = true;
    } else if (letter == quote_) {
      quote_ = 0;
    } else {
      Append(letter);
    }
  }

  void Append(char letter) {
    word_ += letter;
    begun_ = true;
  }

  void EndWord() {
    if (begun_) words_.push_back(std::move(word_));
    word_.clear();
    begun_ = false;
  }

  std::vector<std::string> words_;
  std::string word_;
  bool begun_ = false;  // an empty pair of quotes is a word too
  char quote_ = 0;
};

}  // namespace

std::vector<TextLine> LinesOf(std::string_view text) {
  std::vector<TextLine> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back({text.substr(0, end), static_cast<int>(lines.size()) + 1});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::vector<std::string>> SplitWords(std::string_view text) {
  return WordSplitter().Split(text);
}

std::optional<int> WholeNumber(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

void NoteNotModelled(const std::string& file, const std::vector<std::pair<std::string, int>>& keys,
                     std::vector<std::string>* notes) {
  if (keys.empty()) return;
  std::string list;
  for (const auto& [key, line] : keys) {
    list += fmt::format("{}{} (line {})", list.empty() ? "" : ", ", key, line);
  }
  notes->push_back(file + ": not modelled: " + list);
}

}  // namespace pidfall
