// Small pieces of the readers of supervisors' text files: lines, edges, words and durations.
//
//   for (const TextLine& line : LinesOf(text)) ...
//   SplitWords(R"(/bin/web --name "a b")")   // {"/bin/web", "--name", "a b"}
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

struct TextLine {
  std::string_view text;
  int number = 0;
};

std::vector<TextLine> LinesOf(std::string_view text);
std::string_view Trim(std::string_view text);

// Words as systemd and a shell split them: single and double quotes, a backslash before any
// character. None: a quote is not closed.
std::optional<std::vector<std::string>> SplitWords(std::string_view text);

// A whole number in the text's whole length, not below 0.
std::optional<int> WholeNumber(std::string_view text);

// "web.service: not modelled: User (line 4), Nice (line 7)"; nothing for no keys.
void NoteNotModelled(const std::string& file, const std::vector<std::pair<std::string, int>>& keys,
                     std::vector<std::string>* notes);

}  // namespace pidfall
