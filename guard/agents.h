// Which supervised programs run without their pid file, and which pid files belong to none of them.
//
//   for (const std::string& finding : CheckAgents("/Library/LaunchAgents", {"/run/x.pid"})) ...
//
// Reads launchd's property lists and systemd's service units. A program is known by its command,
// never by the agent's label or the file's name: in the incident of 22 December 2025 the label
// com.petesbrain.task-notes-server ran another program than the pid file of that name belonged to.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pidfall::guard {

struct Agent {
  std::string label;
  std::vector<std::string> command;
};

// Throws std::runtime_error that names the file which cannot be read.
std::vector<Agent> ReadAgents(const std::filesystem::path& folder);

std::vector<std::string> CheckAgents(const std::filesystem::path& folder,
                                     const std::vector<std::filesystem::path>& pid_files);

}  // namespace pidfall::guard
