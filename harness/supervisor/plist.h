// A property list, XML or binary, as a small value.
//
//   PlistValue agent = ReadPlist("agent.plist");
//   if (const PlistValue* keep_alive = agent.Find("KeepAlive")) ... keep_alive->boolean() ...
//
// libplist reads the values, but gives no reason when it fails and turns `7abc` into 7. So XML is
// first checked by expat and binary by a walk over its objects, and every error names its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pidfall {

constexpr std::size_t kMaxPlistBytes = 1 << 20;
constexpr int kMaxPlistLevels = 64;

struct PlistOpaque {};  // data, dates, uids: no supervisor's rule uses them
struct PlistEntry;

struct PlistValue {
  using Array = std::vector<PlistValue>;
  using Dict = std::vector<PlistEntry>;

  std::variant<PlistOpaque, bool, std::int64_t, double, std::string, Array, Dict> value;
  int line = 0;  // in an XML file; 0 in a binary one

  // Null when it has another type.
  const bool* boolean() const { return std::get_if<bool>(&value); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value); }
  const std::string* string() const { return std::get_if<std::string>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
  const Dict* dict() const { return std::get_if<Dict>(&value); }
  const char* type() const;  // "a boolean", "an integer", ...

  // The entry of a dictionary. launchd compares key names without regard to case, so this does.
  const PlistValue* Find(std::string_view key) const;
};

struct PlistEntry {
  std::string key;
  PlistValue value;
};

// Whether two key names are equal for launchd (it compares by strcasecmp).
bool SameKey(std::string_view one, std::string_view other);

// Both throw BadInput. `name` is the file's name in errors.
PlistValue ReadPlist(const std::string& file);
PlistValue ParsePlist(const std::string& name, std::string_view bytes);

}  // namespace pidfall
