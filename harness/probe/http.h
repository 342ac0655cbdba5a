// One question to a server over HTTP, to which the server closes the connection first.
//
//   HttpReply reply = HttpGet(8767, "/", std::chrono::seconds(2));
//   if (reply.closed_by_server) ...   // its side of the connection is in TIME_WAIT now
#pragma once

#include <string>

#include "harness/process/fd.h"
#include "harness/process/launch.h"

namespace pidfall {

struct HttpReply {
  int status = 0;  // 0: no answer that looks like HTTP
  std::string text;
  bool closed_by_server = false;
};

// To 127.0.0.1. Throws std::system_error when nobody listens; `bound` ends the waiting only.
HttpReply HttpGet(int port, const std::string& path, Duration bound);

// A connection to 127.0.0.1 that says nothing.
UniqueFd ConnectTo(int port);

}  // namespace pidfall
