// The commands of pidfall, one file each. Declaring one adds it to the command line and says what
// runs when it was chosen; nothing runs before the whole line was understood.
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
  std::string program;               // what the user calls us by
  std::vector<std::string> command;  // what follows `--`
  std::function<int()> action;       // returns the exit status
};

void AddCheckCommand(CLI::App* app, Invocation* invocation);
void AddDoctorCommand(CLI::App* app, Invocation* invocation);
void AddExploreCommand(CLI::App* app, Invocation* invocation);
void AddIncidentCommand(CLI::App* app, Invocation* invocation);
void AddRunCommand(CLI::App* app, Invocation* invocation);
void AddSuperviseCommand(CLI::App* app, Invocation* invocation);

}  // namespace pidfall
