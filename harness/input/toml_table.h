// A TOML table read strictly: every error has its file and line, and an unknown key is an error.
// Included by readers only: toml++ is a heavy header.
//
//   TomlTable table(file, parsed);
//   std::string id = table.Text("id");
//   table.Done();
#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

toml::table ParseToml(const std::string& file);
// `name` is what errors call the text.
toml::table ParseTomlText(const std::string& name, const std::string& text);

class TomlTable {
 public:
  TomlTable(const std::string& file, const toml::table& table) : file_(file), table_(table) {}

  bool Has(std::string_view key) const { return table_.contains(key); }
  bool IsList(std::string_view key) const { return table_[key].is_array(); }
  // Each of these without a default throws BadInput where the key is missing.
  std::string Text(std::string_view key);
  std::string Text(std::string_view key, const std::string& otherwise);
  std::string TextOrNothing(std::string_view key);  // may be empty
  std::string Date(std::string_view key);
  std::chrono::nanoseconds Duration(std::string_view key);
  bool Flag(std::string_view key);  // false where it is missing
  int Number(std::string_view key, int otherwise);
  int Number(std::string_view key, int least, int most);
  std::vector<std::string> Texts(std::string_view key);
  std::vector<int> Numbers(std::string_view key);
  TomlTable Table(std::string_view key);
  std::vector<TomlTable> Tables(std::string_view key);
  std::vector<std::string> Keys() const;
  int LineOf(std::string_view key) const;  // of the table itself where the key is missing

  // Throws for a key in the table that was not read.
  void Done() const;
  [[noreturn]] void Fail(const std::string& message) const;
  [[noreturn]] void Fail(std::string_view key, const std::string& message) const;

 private:
  const toml::node& Need(std::string_view key);
  const toml::array& Array(std::string_view key);

  std::string file_;
  const toml::table& table_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace pidfall
