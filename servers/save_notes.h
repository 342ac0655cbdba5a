// POST /save-notes keeps what it is sent, as one more line of a journal.
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
