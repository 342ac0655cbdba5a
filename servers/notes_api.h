// Notes over HTTP: GET /notes, POST /notes, PUT /notes/ID, DELETE /notes/ID.
//
//   NoteStore store("notes.log");
//   AddNotesApi(server, store);  // `store` outlives the server
#pragma once

#include "servers/note_store.h"

namespace httplib {
class Server;
}

namespace pidfall::servers {

void AddNotesApi(httplib::Server& server, NoteStore& store);

}  // namespace pidfall::servers
