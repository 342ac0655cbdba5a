// The incident file to start from, explained line by line.
//
//   WriteIncidentTemplate("ours.toml");
#pragma once

#include <string>

namespace pidfall {

std::string IncidentTemplate(const std::string& id);
// For `incident new FILE`. Throws BadInput for a file that is there: it may be somebody's work.
void WriteIncidentTemplate(const std::string& path);

}  // namespace pidfall
