// The differences between the servers: names, defaults and answers.
#pragma once

#include <functional>
#include <string>

namespace httplib {
class Server;
}

namespace pidfall::servers {

struct Service {
  std::string name;       // what messages call it: "Task Manager"
  std::string program;    // the name of its command: "serve-task-manager"
  int port = 0;           // unless --port says otherwise
  std::string pid_file;   // its name in the home folder
  std::string data_file;  // its name in the home folder; empty: it stores nothing
  std::string page;       // the path that the message at its start names
  // Called once the port is bound, so that a second copy never touches the data of the first.
  // Throws std::runtime_error when the data can't be used.
  std::function<void(httplib::Server& server, const std::string& data)> add_routes;
};

}  // namespace pidfall::servers
