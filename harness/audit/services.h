// The services that supervisors' files describe.
//
//   const AuditedServices found = ReadServices({"/etc/systemd/system"});
//   found.all[0].source   // "/etc/systemd/system/web.service", as --policy takes it
//   found.unread[0]       // "/etc/systemd/system/old.service:3: Restart=maybe: none of ..."
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/audit/command_facts.h"
#include "harness/simulation/duplicate_table.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

struct AuditedService {
  std::string name;    // "web.service"
  std::string source;  // "compose.yaml#web"
  std::string file;
  std::shared_ptr<const Policy> policy;
  CommandFacts facts;
  std::string folder;  // its working folder; empty: not known
  std::string unit;    // the control group of its processes; empty: none
  bool is_per_user = false;
  bool duplicate_waits = false;  // by the guard in front of its command
  // A duplicate beside a live copy, for ten minutes.
  DuplicateOutcome with_status_0, with_status_1;
};

struct AuditedServices {
  std::vector<AuditedService> all;
  std::vector<std::string> unread;
};

AuditedServices ReadServices(const std::vector<std::string>& paths);

// Whether some status makes the supervisor start it more often than clause C11 allows.
bool Loops(const AuditedService& service);

}  // namespace pidfall
