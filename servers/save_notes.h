// POST /save-notes appends the body to a journal, as one line.
//
//   Journal journal("saved.log");
//   AddSaveNotes(server, journal);  // `journal` outlives the server
#pragma once

#include "servers/journal.h"

namespace httplib {
class Server;
}

namespace pidfall::servers {

void AddSaveNotes(httplib::Server& server, Journal& journal);

}  // namespace pidfall::servers
