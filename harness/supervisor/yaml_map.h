// A mapping of a YAML (or JSON) file whose keys are either read or named as not modelled.
//
//   const auto documents = LoadYaml("compose.yaml", text);   // throws BadInput, with the line
//   YamlMap service("compose.yaml", documents[0]["services"]["web"], "services.web");
//   const auto restart = service.Text("restart");
//   service.NoteTheRest(&notes);
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pidfall {

std::vector<YAML::Node> LoadYaml(const std::string& file, const std::string& text);

// Its line, from 1; 0 where it is not known.
int LineOf(const YAML::Node& node);

class YamlMap {
 public:
  // `what` is what errors call the mapping. Throws BadInput where `node` is no mapping.
  YamlMap(std::string file, const YAML::Node& node, std::string what);
  YamlMap(const YamlMap&) = default;
  YamlMap(YamlMap&&) = default;
  // yaml-cpp's own assignment changes the tree that the node belongs to.
  YamlMap& operator=(const YamlMap& other);

  // Changes each text that is read, here and in the maps within.
  using Expansion = std::function<std::string(const std::string& text, int line)>;
  void ExpandBy(Expansion expansion) { expansion_ = std::move(expansion); }
  std::string Expanded(const YAML::Node& scalar) const;

  // Merged keys (`<<: *base`) count, the mapping's own win. An undefined node: it has no such key.
  YAML::Node Find(const std::string& key);

  // None: no such key, or null. Each throws BadInput where the value is of another kind.
  std::optional<std::string> Text(const std::string& key);
  std::optional<int> Number(const std::string& key);
  std::optional<YamlMap> Map(const std::string& key);
  std::vector<std::string> Texts(const std::string& key);  // of a sequence

  void Skip(const std::string& key) { read_.insert(key); }
  // Every key that nobody asked for.
  void NoteTheRest(std::vector<std::string>* notes) const;

  [[noreturn]] void Fail(const std::string& key, const std::string& message) const;
  int line() const { return LineOf(node_); }

 private:
  YAML::Node Own(const std::string& key) const;
  std::vector<YAML::Node> Merged() const;

  std::string file_;
  YAML::Node node_;
  std::string what_;
  Expansion expansion_;
  std::set<std::string> read_ = {"<<"};
};

}  // namespace pidfall
