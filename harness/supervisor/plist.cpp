#include "harness/supervisor/plist.h"

#include <plist/plist.h>
#include <strings.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

#include "harness/input/bad_input.h"
#include "harness/supervisor/plist_binary.h"
#include "harness/supervisor/plist_xml.h"

namespace pidfall {
namespace {

using Node = std::unique_ptr<void, decltype(&plist_free)>;
using Text = std::unique_ptr<char, decltype(&std::free)>;
using Iterator = std::unique_ptr<void, decltype(&std::free)>;

// Turns libplist's tree into ours, handing out the lines in the order of the document.
class Conversion {
 public:
  explicit Conversion(std::vector<int> lines) : lines_(std::move(lines)) {}

  PlistValue Convert(plist_t node) {
    PlistValue result;
    if (next_ < lines_.size()) result.line = lines_[next_++];
    switch (plist_get_node_type(node)) {
      case PLIST_BOOLEAN:
        result.value = Boolean(node);
        break;
      case PLIST_UINT:
        result.value = Integer(node);
        break;
      case PLIST_REAL:
        result.value = Real(node);
        break;
      case PLIST_STRING:
        result.value = String(node);
        break;
      case PLIST_ARRAY:
        result.value = ConvertArray(node);
        break;
      case PLIST_DICT:
        result.value = ConvertDict(node);
        break;
      default:
        break;
    }
    return result;
  }

 private:
  static bool Boolean(plist_t node) {
    std::uint8_t value = 0;
    plist_get_bool_val(node, &value);
    return value != 0;
  }

  // libplist 2.2.0 gives -5 as 18446744073709551611.
  static std::int64_t Integer(plist_t node) {
    std::uint64_t value = 0;
    plist_get_uint_val(node, &value);
    return static_cast<std::int64_t>(value);
  }

  static double Real(plist_t node) {
    double value = 0;
    plist_get_real_val(node, &value);
    return value;
  }

  static std::string String(plist_t node) {
    char* value = nullptr;
    plist_get_string_val(node, &value);
    const Text owned(value, std::free);
    return value == nullptr ? "" : value;
  }

  PlistValue::Array ConvertArray(plist_t node) {
    PlistValue::Array items;
    for (std::uint32_t i = 0; i < plist_array_get_size(node); ++i) {
      items.push_back(Convert(plist_array_get_item(node, i)));
    }
    return items;
  }

  PlistValue::Dict ConvertDict(plist_t node) {
    PlistValue::Dict entries;
    plist_dict_iter raw = nullptr;
    plist_dict_new_iter(node, &raw);
    const Iterator iterator(raw, std::free);
    for (;;) {
      char* key = nullptr;
      plist_t item = nullptr;
      plist_dict_next_item(node, raw, &key, &item);
      const Text owned(key, std::free);
      if (item == nullptr) return entries;
      entries.push_back({key, Convert(item)});
    }
  }

  std::vector<int> lines_;
  std::size_t next_ = 0;
};

bool IsBinary(std::string_view bytes) { return bytes.starts_with("bplist"); }

std::string ReadBytes(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string bytes(kMaxPlistBytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) throw BadInput(file, 0, std::strerror(errno));
  return bytes;
}

}  // namespace

const char* PlistValue::type() const {
  static constexpr const char* kTypes[] = {"data or a date", "a boolean", "an integer",  "a real",
                                           "a string",       "an array",  "a dictionary"};
  return kTypes[value.index()];
}

const PlistValue* PlistValue::Find(std::string_view key) const {
  if (dict() == nullptr) return nullptr;
  for (const PlistEntry& entry : *dict()) {
    if (SameKey(entry.key, key)) return &entry.value;
  }
  return nullptr;
}

bool SameKey(std::string_view one, std::string_view other) {
  return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

PlistValue ReadPlist(const std::string& file) { return ParsePlist(file, ReadBytes(file)); }

PlistValue ParsePlist(const std::string& name, std::string_view bytes) {
  if (bytes.empty()) throw BadInput(name, 0, "is empty");
  if (bytes.size() > kMaxPlistBytes) throw BadInput(name, 0, "more than 1 MiB");
  std::vector<int> lines;
  if (IsBinary(bytes)) {
    CheckBinaryPlist(name, bytes);
  } else {
    lines = CheckXmlPlist(name, bytes);
  }
  plist_t raw = nullptr;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  (IsBinary(bytes) ? plist_from_bin : plist_from_xml)(bytes.data(), size, &raw);
  const Node root(raw, plist_free);
  if (root == nullptr) {
    throw BadInput(name, 0, IsBinary(bytes) ? "not a readable binary plist" : "not a plist");
  }
  return Conversion(std::move(lines)).Convert(root.get());
}

}  // namespace pidfall
