#include "harness/supervisor/plist_xml.h"

#include <expat.h>

#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

#include "harness/input/bad_input.h"
#include "harness/supervisor/plist.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

// Decimal or 0x; a leading zero is refused because libplist takes it for octal and macOS does not.
bool IsInteger(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  if (!hex && text.size() > 1 && text.front() == '0') return false;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, hex ? 16 : 10);
  return error == std::errc() && stop == end && number >= 0;
}

bool IsReal(const std::string& text) {
  char* stop = nullptr;
  std::strtod(text.c_str(), &stop);
  return !text.empty() && *stop == '\0';
}

struct Element {
  std::string tag;
  std::string text;
  bool has_key = false;                  // of a dict: a key that still needs its value
  int values = 0;                        // of plist: the one value
  std::map<std::string, int> key_lines;  // of a dict
};

class Check {
 public:
  explicit Check(const std::string& name)
      : name_(name), parser_(XML_ParserCreate(nullptr), XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), OnStart, OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), OnText);
    XML_SetEntityDeclHandler(parser_.get(), OnEntity);
    XML_SetSkippedEntityHandler(parser_.get(), OnSkippedEntity);
  }

  std::vector<int> Run(std::string_view text) {
    const auto answer =
        XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (!error_.empty()) throw BadInput(name_, error_line_, error_);
    if (answer != XML_STATUS_OK) {
      throw BadInput(name_, Line(), XML_ErrorString(XML_GetErrorCode(parser_.get())));
    }
    return lines_;
  }

 private:
  static Check& Self(void* self) { return *static_cast<Check*>(self); }
  static void OnStart(void* self, const char* tag, const char** /*attributes*/) {
    Self(self).Start(tag);
  }
  static void OnEnd(void* self, const char* /*tag*/) { Self(self).End(); }
  static void OnText(void* self, const char* text, int length) {
    Self(self).Text({text, static_cast<std::size_t>(length)});
  }
  static void OnEntity(void* self, const char* entity, int, const char*, int, const char*,
                       const char*, const char*, const char*) {
    Self(self).Fail(std::string("declares the entity ") + entity + "; entities are refused");
  }
  static void OnSkippedEntity(void* self, const char* entity, int) {
    Self(self).Fail(std::string("unknown entity ") + entity);
  }

  int Line() const { return static_cast<int>(XML_GetCurrentLineNumber(parser_.get())); }

  // Only the first error counts. expat is C: an exception must not pass through it.
  void Fail(const std::string& error) {
    if (!error_.empty()) return;
    error_ = error;
    error_line_ = Line();
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void Start(const std::string& tag) {
    if (open_.size() > kMaxPlistLevels) {
      return Fail("more than " + std::to_string(kMaxPlistLevels) + " levels");
    }
    if (open_.empty()) {
      if (tag != "plist") Fail("the outermost element is " + tag + ", not plist");
    } else if (tag == "key") {
      CheckKeyPlace(open_.back());
    } else {
      CheckValuePlace(tag, open_.back());
    }
    open_.push_back({.tag = tag});
  }

  void CheckKeyPlace(Element& parent) {
    if (parent.tag != "dict") return Fail("a key outside a dict");
    if (parent.has_key) Fail("two keys without a value between them");
  }

  void CheckValuePlace(const std::string& tag, Element& parent) {
    static const std::set<std::string> tags = {"dict", "array", "string", "integer", "real",
                                               "true", "false", "data",   "date"};
    if (!tags.contains(tag)) return Fail("unknown element " + tag);
    if (parent.tag == "dict") {
      if (!parent.has_key) return Fail("a value without a key");
      parent.has_key = false;
    } else if (parent.tag == "plist") {
      if (parent.values++ > 0) return Fail("a second value beside the first");
    } else if (parent.tag != "array") {
      return Fail(tag + " inside " + parent.tag);
    }
    lines_.push_back(Line());
  }

  void Text(std::string_view text) {
    Element& element = open_.back();
    element.text += text;
    const bool container = element.tag == "dict" || element.tag == "array" ||
                           element.tag == "plist" || element.tag == "true" ||
                           element.tag == "false";
    if (container && !Trim(text).empty()) Fail("text directly inside " + element.tag);
  }

  void End() {
    const Element element = open_.back();
    open_.pop_back();
    const std::string text(Trim(element.text));
    if (element.tag == "key") return EndKey(element.text);
    if (element.tag == "dict" && element.has_key) Fail("the last key of a dict has no value");
    if (element.tag == "plist" && element.values == 0) Fail("an empty property list");
    if (element.tag == "integer" && !IsInteger(text)) Fail("'" + text + "' is not an integer");
    if (element.tag == "real" && !IsReal(text)) Fail("'" + text + "' is not a number");
  }

  // libplist lets the last of two equal keys win; which one macOS takes is not documented.
  void EndKey(const std::string& key) {
    Element& dict = open_.back();
    dict.has_key = true;
    const auto [first, added] = dict.key_lines.emplace(key, Line());
    if (!added) Fail(key + " is already on line " + std::to_string(first->second));
  }

  std::string name_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::vector<Element> open_;
  std::vector<int> lines_;
  std::string error_;
  int error_line_ = 0;
};

}  // namespace

std::vector<int> CheckXmlPlist(const std::string& name, std::string_view text) {
  return Check(name).Run(text);
}

}  // namespace pidfall
