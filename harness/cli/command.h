// The commands of pidfall, one file each. A declaration adds the command to the command line and
// sets the function to run; nothing runs before the whole line was parsed.
//
//   AddRunCommand(app, &invocation);
//   app.parse(...);
//   return invocation.action();
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace pidfall {

struct Invocation {
  std::string program;               // how the user called us
  std::vector<std::string> command;  // the words after `--`
  std::function<int()> action;       // returns the exit status
};

void AddAuditCommand(CLI::App* app, Invocation* invocation);
void AddCheckCommand(CLI::App* app, Invocation* invocation);
void AddDoctorCommand(CLI::App* app, Invocation* invocation);
void AddExploreCommand(CLI::App* app, Invocation* invocation);
void AddIncidentCommand(CLI::App* app, Invocation* invocation);
void AddRunCommand(CLI::App* app, Invocation* invocation);
void AddSuperviseCommand(CLI::App* app, Invocation* invocation);

}  // namespace pidfall
