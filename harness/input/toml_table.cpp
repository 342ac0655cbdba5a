#include "harness/input/toml_table.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"

namespace pidfall {
namespace {

constexpr std::size_t kMaxTomlBytes = 1 << 20;

std::string ReadText(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxTomlBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) throw BadInput(file, 0, std::strerror(errno));
  if (text.size() > kMaxTomlBytes) throw BadInput(file, 0, "more than 1 MiB");
  return text;
}

int LineOfNode(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

}  // namespace

toml::table ParseToml(const std::string& file) { return ParseTomlText(file, ReadText(file)); }

toml::table ParseTomlText(const std::string& name, const std::string& text) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw BadInput(name, static_cast<int>(error.source().begin.line),
                   std::string(error.description()));
  }
}

void TomlTable::Fail(const std::string& message) const {
  throw BadInput(file_, LineOfNode(table_), message);
}

void TomlTable::Fail(std::string_view key, const std::string& message) const {
  throw BadInput(file_, LineOf(key), message);
}

int TomlTable::LineOf(std::string_view key) const {
  const toml::node* node = table_.get(key);
  return LineOfNode(node == nullptr ? table_ : *node);
}

const toml::node& TomlTable::Need(std::string_view key) {
  read_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) Fail(fmt::format("'{}' is missing", key));
  return *node;
}

std::string TomlTable::Text(std::string_view key) {
  std::string text = TextOrNothing(key);
  if (text.empty()) Fail(key, fmt::format("'{}' is empty", key));
  return text;
}

std::string TomlTable::Text(std::string_view key, const std::string& otherwise) {
  return Has(key) ? Text(key) : otherwise;
}

std::string TomlTable::TextOrNothing(std::string_view key) {
  const auto* text = Need(key).as_string();
  if (text == nullptr) Fail(key, fmt::format("'{}' must be a text", key));
  return text->get();
}

std::string TomlTable::Date(std::string_view key) {
  const auto* date = Need(key).as_date();
  if (date == nullptr) Fail(key, fmt::format("'{}' must be a date such as 2025-12-22", key));
  const toml::date& day = date->get();
  return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
}

std::chrono::nanoseconds TomlTable::Duration(std::string_view key) {
  const std::string text = Text(key);
  try {
    return ParseDuration(text);
  } catch (const BadInput& error) {
    Fail(key, error.what());
  }
}

bool TomlTable::Flag(std::string_view key) {
  if (!Has(key)) return false;
  const auto* flag = Need(key).as_boolean();
  if (flag == nullptr) Fail(key, fmt::format("'{}' must be true or false", key));
  return flag->get();
}

int TomlTable::Number(std::string_view key, int otherwise) {
  if (!Has(key)) return otherwise;
  const auto* number = Need(key).as_integer();
  const bool fits = number != nullptr && std::in_range<int>(number->get());
  if (!fits) Fail(key, fmt::format("'{}' must be a whole number", key));
  return static_cast<int>(number->get());
}

int TomlTable::Number(std::string_view key, int least, int most) {
  const auto* number = Need(key).as_integer();
  if (number == nullptr || number->get() < least || number->get() > most) {
    Fail(key, fmt::format("'{}' must be a whole number from {} to {}", key, least, most));
  }
  return static_cast<int>(number->get());
}

const toml::array& TomlTable::Array(std::string_view key) {
  const auto* array = Need(key).as_array();
  if (array == nullptr) Fail(key, fmt::format("'{}' must be a list", key));
  return *array;
}

std::vector<std::string> TomlTable::Texts(std::string_view key) {
  std::vector<std::string> texts;
  for (const toml::node& node : Array(key)) {
    const auto* text = node.as_string();
    if (text == nullptr) {
      throw BadInput(file_, LineOfNode(node), fmt::format("'{}' must be a list of texts", key));
    }
    texts.push_back(text->get());
  }
  return texts;
}

std::vector<int> TomlTable::Numbers(std::string_view key) {
  std::vector<int> numbers;
  for (const toml::node& node : Array(key)) {
    const auto* number = node.as_integer();
    if (number == nullptr || !std::in_range<int>(number->get())) {
      throw BadInput(file_, LineOfNode(node),
                     fmt::format("'{}' must be a list of whole numbers", key));
    }
    numbers.push_back(static_cast<int>(number->get()));
  }
  return numbers;
}

TomlTable TomlTable::Table(std::string_view key) {
  const auto* table = Need(key).as_table();
  if (table == nullptr) Fail(key, fmt::format("'{}' must be a table", key));
  return {file_, *table};
}

std::vector<TomlTable> TomlTable::Tables(std::string_view key) {
  std::vector<TomlTable> tables;
  for (const toml::node& node : Array(key)) {
    if (!node.is_table()) {
      throw BadInput(file_, LineOfNode(node), fmt::format("'{}' must be a list of tables", key));
    }
    tables.emplace_back(file_, *node.as_table());
  }
  return tables;
}

std::vector<std::string> TomlTable::Keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, node] : table_) keys.emplace_back(key.str());
  return keys;
}

void TomlTable::Done() const {
  for (const auto& [key, node] : table_) {
    if (!read_.contains(key.str())) Fail(key.str(), fmt::format("unknown key '{}'", key.str()));
  }
}

}  // namespace pidfall
