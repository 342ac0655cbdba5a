// The files below some paths in which supervisors are told what to run.
//
//   const ServiceFiles found = FindServiceFiles({"/etc/systemd/system", "compose.yaml"});
//   found.policies   // {"/etc/systemd/system/web.service", "compose.yaml"}
//
// Only what a file's name and its first look show to be such a file counts: a YAML file of another
// kind is passed over in silence. Nothing is followed out of the tree but a link to a unit or to a
// service folder.
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct ServiceFiles {
  std::vector<std::string> policies;  // as ServicesIn takes them, in the order found
  std::vector<std::string> unread;    // "/etc/x.conf: Permission denied"
};

// Throws BadInput where a path is not there.
ServiceFiles FindServiceFiles(const std::vector<std::string>& paths);

// Where this machine keeps them; only those that exist.
std::vector<std::string> MachineFolders();

}  // namespace pidfall
