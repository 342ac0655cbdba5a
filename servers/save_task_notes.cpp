#include <httplib.h>

#include "servers/journal.h"
#include "servers/save_notes.h"
#include "servers/server_main.h"

namespace {

void AddRoutes(httplib::Server& server, const std::string& data) {
  // Worker threads use it until the process ends.
  auto& journal = *new pidfall::servers::Journal(data);
  pidfall::servers::AddSaveNotes(server, journal);
}

}  // namespace

int main(int argc, char** argv) {
  pidfall::servers::ServerMain({.name = "Task Notes (save)",
                                .program = "save-task-notes",
                                .port = 8766,
                                .pid_file = ".petesbrain-save-task-notes-server.pid",
                                .data_file = ".petesbrain-saved-task-notes.jsonl",
                                .page = "/",
                                .add_routes = AddRoutes},
                               argc, argv);
}
