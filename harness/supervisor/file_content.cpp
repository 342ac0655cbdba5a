#include "harness/supervisor/file_content.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/supervisor/file_text.h"
#include "harness/supervisor/yaml_map.h"

namespace pidfall {
namespace {

bool Holds(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool HasLine(const std::string& text, const char* beginning) {
  return text.starts_with(beginning) || Holds(text, std::string("\n") + beginning);
}

// Cut off, or no text.
bool IsBrokenJson(const std::string& text) {
  const auto count = [&](char letter) { return std::count(text.begin(), text.end(), letter); };
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string::npos || text[last] != '}' || count('{') > count('}') ||
         count('\0') != 0;
}

}  // namespace

bool LooksLikeAnything(const std::string&) { return true; }

// D-Bus and Avahi have files with the same ending. An empty one switches the unit off
// (systemd.unit(5), "masked").
bool LooksLikeUnit(const std::string& text) {
  if (text.empty()) return false;
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const bool is_xml = begin != std::string::npos && text[begin] == '<';
  return !is_xml && !Holds(text, "[D-BUS Service]");
}

bool LooksLikeLaunchdJob(const std::string& text) {
  return Holds(text, "Label") && Holds(text, "Program") && !Holds(text, "CFBundleIdentifier");
}

bool LooksLikeCompose(const std::string& text) { return HasLine(text, "services:"); }

bool LooksLikeManifest(const std::string& text) {
  return HasLine(text, "kind:") && HasLine(text, "apiVersion:");
}

bool LooksLikeSupervisordConf(const std::string& text) { return HasLine(text, "[program:"); }

// A broken file may have held a start script: the reader names it.
bool LooksLikePackageJson(const std::string& text) {
  return (Holds(text, "\"scripts\"") && Holds(text, "\"start\"")) || IsBrokenJson(text);
}

bool LooksLikeEcosystem(const std::string& text) {
  return Holds(text, "apps") && Holds(text, "script");
}

bool LooksLikeMonitControl(const std::string& text) { return Holds(text, "check process"); }

// With a start() of its own instead of a command, only a shell can tell what it runs.
bool LooksLikeOpenrcScript(const std::string& text) {
  const std::string first = text.substr(0, text.find('\n'));
  return first.starts_with("#!") && (Holds(first, "openrc-run") || Holds(first, "runscript")) &&
         Holds(text, "command=");
}

bool HasKubernetesKinds(const std::string& file) {
  const std::vector<YAML::Node> documents = LoadYaml(file, ReadText(file));
  return std::any_of(documents.begin(), documents.end(), [](const YAML::Node& document) {
    return document.IsMap() && document["kind"].IsDefined() && document["apiVersion"].IsDefined();
  });
}

}  // namespace pidfall
