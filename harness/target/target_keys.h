// The keys of a target file, each once: how it is read and how it is written.
//
//   for (const TargetKey& key : TargetKeys()) {
//     if (table.Has(key.name)) key.read(table, key.name, target);
//   }
//
// To add one: a member of Target, a row here, a line in docs/target-file.md.
#pragma once

#include <span>
#include <string_view>

#include "harness/input/toml_table.h"
#include "harness/target/target.h"

namespace pidfall {

struct TargetKey {
  std::string_view name;
  void (*read)(TomlTable& table, std::string_view key, Target& target);
  // Writes nothing where the target has no value.
  void (*write)(const Target& target, std::string_view key, toml::table& table);
  // Its texts in which {programs} stands for the folder of pidfall.
  void (*for_each_text)(Target& target,
                        void (*change)(std::string& text)) = [](Target&, void (*)(std::string&)) {};
};

std::span<const TargetKey> TargetKeys();

}  // namespace pidfall
