#include <httplib.h>

#include "servers/server_main.h"

namespace {

constexpr const char* kPagePath = "/tasks-overview-priority.html";

constexpr const char* kPage = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>PetesBrain - Priority Tasks Overview</title></head>
<body>
<h1>PetesBrain - Priority Tasks Overview</h1>
<h2>First</h2>
<ul><li>Only one copy of this server runs</li></ul>
<h2>Next</h2>
<ul><li>Notes that outlive a kill -9</li></ul>
</body>
</html>
)";

void AddPage(httplib::Server& server, const std::string&) {
  server.Get(kPagePath, [](const httplib::Request&, httplib::Response& response) {
    response.set_content(kPage, "text/html; charset=utf-8");
  });
}

}  // namespace

int main(int argc, char** argv) {
  pidfall::servers::ServerMain({.name = "Task Manager",
                                .program = "serve-task-manager",
                                .port = 8767,
                                .pid_file = ".petesbrain-task-manager-server.pid",
                                .data_file = "",
                                .page = kPagePath,
                                .add_routes = AddPage},
                               argc, argv);
}
