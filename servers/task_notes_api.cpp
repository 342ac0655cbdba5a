#include <httplib.h>

#include "servers/note_store.h"
#include "servers/notes_api.h"
#include "servers/server_main.h"

namespace {

void AddRoutes(httplib::Server& server, const std::string& data) {
  // Worker threads use it until the process ends.
  auto& store = *new pidfall::servers::NoteStore(data);
  pidfall::servers::AddNotesApi(server, store);
}

}  // namespace

int main(int argc, char** argv) {
  pidfall::servers::ServerMain({.name = "Task Notes (API)",
                                .program = "task-notes-api",
                                .port = 5002,
                                .pid_file = ".petesbrain-task-notes-server.pid",
                                .data_file = ".petesbrain-task-notes.jsonl",
                                .page = "/",
                                .add_routes = AddRoutes},
                               argc, argv);
}
