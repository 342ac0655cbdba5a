// Every supervisor by its name: how a policy is made from a setting, and from a file.
//
//   for (const SupervisorSettings& supervisor : AllSupervisors()) supervisor.make("");
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/file_text.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

struct SupervisorSettings {
  const char* name;
  // `setting` stands behind `name:`; empty: the one that its users meet first. Null: no such
  // setting, or (the pointer) none at all.
  std::unique_ptr<Policy> (*make)(const std::string& setting);
  std::unique_ptr<Policy> (*read)(const FileAndName& file);  // null: it has no file that is read
  std::vector<const char*> settings;                         // those of the table
  bool argument_is_a_file = false;                           // a folder, by any name
  // The services in the text of a file; null: it holds one.
  std::vector<std::string> (*names)(const std::string& file, const std::string& text) = nullptr;
};

const std::vector<SupervisorSettings>& AllSupervisors();

// Whether a document of the file has `kind` and `apiVersion`. Throws BadInput.
bool HasKubernetesKinds(const std::string& file);

}  // namespace pidfall
