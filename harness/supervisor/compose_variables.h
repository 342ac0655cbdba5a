// Variables in a compose file: $V, ${V}, ${V:-d}, ${V-d}, ${V:+r}, ${V+r}, ${V:?e}, ${V?e}, and $$
// for a $.
//
//   ComposeVariables variables("compose.yaml", OursThenDotEnv("compose.yaml"));
//   variables.Expand("${TAG:-latest}", 4)   // throws BadInput
//   variables.notes()                       // "compose.yaml:4: TAG is not set: ..."
//
// https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pidfall {

using VariableLookup = std::function<std::optional<std::string>(const std::string&)>;

inline std::optional<std::string> NoVariable(const std::string&) { return std::nullopt; }

class ComposeVariables {
 public:
  ComposeVariables(std::string file, VariableLookup lookup)
      : file_(std::move(file)), lookup_(std::move(lookup)) {}

  std::string Expand(std::string_view text, int line);
  // One for each variable that is set nowhere and has no value of its own there.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::string Braced(std::string_view inside, int line, int depth);
  std::string Expand(std::string_view text, int line, int depth);
  std::string ValueOf(const std::string& name, int line);
  [[noreturn]] void Refuse(std::string_view text, int line, const std::string& what) const;

  std::string file_;
  VariableLookup lookup_;
  std::vector<std::string> notes_;
};

// Our own environment comes before the file `.env` beside the compose file. Throws BadInput.
VariableLookup OursThenDotEnv(const std::string& compose_file);

// NAME=value lines; a value may be quoted. Throws BadInput.
std::map<std::string, std::string> ParseDotEnv(const std::string& file, const std::string& text,
                                               const VariableLookup& ours);

}  // namespace pidfall
