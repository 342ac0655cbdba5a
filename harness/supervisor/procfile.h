// Procfile runners (foreman, honcho): nothing is restarted; the first to end takes the others with
// it.
//
//   auto policy = MakeProcfilePolicy();
//   auto theirs = ReadProcfile("Procfile", "web");   // throws BadInput
//
// https://github.com/ddollar/foreman/blob/v0.87.2/lib/foreman/engine.rb (watch_for_termination)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct ProcfileEntry {
  std::string name;
  std::string command;
  int line = 0;
};

std::unique_ptr<Policy> MakeProcfilePolicy(Service service = {});

// Throws BadInput, naming the line.
std::vector<ProcfileEntry> ParseProcfile(const std::string& name, const std::string& text);

// With no entry named, the only one of the file.
std::unique_ptr<Policy> ReadProcfile(const std::string& file, const std::string& entry);
std::unique_ptr<Policy> ParseProcfileEntry(const std::string& name, const std::string& text,
                                           const std::string& entry);

}  // namespace pidfall
