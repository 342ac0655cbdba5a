#include "harness/supervisor/yaml_map.h"

#include <yaml-cpp/eventhandler.h>

#include <sstream>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

// yaml-cpp's parser calls itself per level; its own guard is deeper than a sanitizer's stack.
constexpr int kMostYamlLevels = 100;

void CheckFlowDepth(const std::string& file, const std::string& text) {
  int levels = 0;
  for (const TextLine& line : LinesOf(text)) {
    for (const char letter : line.text) {
      if (letter == '[' || letter == '{') ++levels;
      if (letter == ']' || letter == '}') --levels;
    }
    if (levels > kMostYamlLevels) throw BadInput(file, line.number, "nested too deeply");
  }
}

// yaml-cpp 0.7 reads `,` at the beginning of a document without end: each of them is empty, and
// begins where the last one did.
class DocumentsMoveOn : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos <= last_) throw YAML::ParserException(mark, "no document begins so");
    last_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int last_ = -1;
};

void CheckThatItEnds(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentsMoveOn handler;
  while (parser.HandleNextDocument(handler)) {
  }
}

}  // namespace

std::vector<YAML::Node> LoadYaml(const std::string& file, const std::string& text) {
  CheckFlowDepth(file, text);
  try {
    CheckThatItEnds(text);
    std::vector<YAML::Node> documents;
    for (const YAML::Node& document : YAML::LoadAll(text)) {
      if (document.IsDefined() && !document.IsNull()) documents.push_back(document);
    }
    return documents;
  } catch (const YAML::Exception& error) {
    throw BadInput(file, error.mark.is_null() ? 0 : error.mark.line + 1, error.msg);
  }
}

int LineOf(const YAML::Node& node) {
  if (!node.IsDefined() || node.Mark().is_null()) return 0;
  return node.Mark().line + 1;
}

YamlMap::YamlMap(std::string file, const YAML::Node& node, std::string what)
    : file_(std::move(file)), node_(node), what_(std::move(what)) {
  if (!node.IsDefined() || !node.IsMap()) throw BadInput(file_, LineOf(node), what_ + " is no map");
}

YamlMap& YamlMap::operator=(const YamlMap& other) {
  if (this == &other) return *this;
  file_ = other.file_;
  node_.reset(other.node_);
  what_ = other.what_;
  expansion_ = other.expansion_;
  read_ = other.read_;
  return *this;
}

YAML::Node YamlMap::Own(const std::string& key) const {
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

std::vector<YAML::Node> YamlMap::Merged() const {
  const YAML::Node base = Own("<<");
  if (!base.IsDefined()) return {};
  if (!base.IsSequence()) return {base};
  return {base.begin(), base.end()};
}

YAML::Node YamlMap::Find(const std::string& key) {
  read_.insert(key);
  const YAML::Node own = Own(key);
  if (own.IsDefined()) return own;
  for (const YAML::Node& base : Merged()) {
    const YAML::Node found = YamlMap(file_, base, what_ + ".<<").Own(key);
    if (found.IsDefined()) return found;
  }
  return own;
}

std::string YamlMap::Expanded(const YAML::Node& scalar) const {
  return expansion_ ? expansion_(scalar.Scalar(), LineOf(scalar)) : scalar.Scalar();
}

std::optional<std::string> YamlMap::Text(const std::string& key) {
  const YAML::Node found = Find(key);
  if (!found.IsDefined() || found.IsNull()) return std::nullopt;
  if (!found.IsScalar()) Fail(key, "is no plain text");
  return Expanded(found);
}

std::optional<int> YamlMap::Number(const std::string& key) {
  const auto text = Text(key);
  if (!text) return std::nullopt;
  const auto number = WholeNumber(*text);
  if (!number) Fail(key, "'" + *text + "' is no whole number");
  return number;
}

std::optional<YamlMap> YamlMap::Map(const std::string& key) {
  const YAML::Node found = Find(key);
  if (!found.IsDefined() || found.IsNull()) return std::nullopt;
  YamlMap map(file_, found, what_ + "." + key);
  map.expansion_ = expansion_;
  return map;
}

std::vector<std::string> YamlMap::Texts(const std::string& key) {
  const YAML::Node found = Find(key);
  std::vector<std::string> texts;
  if (!found.IsDefined() || found.IsNull()) return texts;
  if (!found.IsSequence()) Fail(key, "is no list");
  for (const YAML::Node& item : found) {
    if (!item.IsScalar()) Fail(key, "holds something that is no plain text");
    texts.push_back(Expanded(item));
  }
  return texts;
}

void YamlMap::NoteTheRest(std::vector<std::string>* notes) const {
  std::vector<std::pair<std::string, int>> rest;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar() || read_.count(entry.first.Scalar()) != 0) continue;
    rest.emplace_back(what_ + "." + entry.first.Scalar(), LineOf(entry.first));
  }
  NoteNotModelled(file_, rest, notes);
}

void YamlMap::Fail(const std::string& key, const std::string& message) const {
  const YAML::Node found = Own(key);
  throw BadInput(file_, found.IsDefined() ? LineOf(found) : LineOf(node_),
                 what_ + "." + key + " " + message);
}

}  // namespace pidfall
