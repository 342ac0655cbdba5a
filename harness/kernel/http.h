// One HTTP request to a server, after which the server closes the connection first.
//
//   HttpReply reply = HttpGet({.port = 8767}, "/", std::chrono::seconds(2));
//   if (reply.closed_by_server) ...   // its side of the connection is in TIME_WAIT now
#pragma once

#include <string>

#include "harness/kernel/endpoint.h"
#include "harness/process/launch.h"

namespace pidfall {

struct HttpReply {
  int status = 0;  // 0: no answer that looks like HTTP
  std::string text;
  bool closed_by_server = false;
  bool reset_by_server = false;  // closed before it had read the question
};

// Throws std::system_error when no server listens. After `bound` it stops waiting.
HttpReply HttpGet(const Endpoint& server, const std::string& path, Duration bound);

// The same on a connection that is there.
HttpReply HttpAsk(const UniqueFd& connection, const std::string& path, Duration bound);

}  // namespace pidfall
