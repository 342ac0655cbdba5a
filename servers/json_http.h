// Shared by the two note servers: JSON in, JSON out, for pages of any origin.
//
//   AllowAnyOrigin(server, "/save-notes", "POST, OPTIONS");
//   server.Post("/save-notes", [&](const auto& request, auto& response) {
//     HandleJson(request, response, [&](const nlohmann::json& body) { ... });
//   });
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace pidfall::servers {

constexpr int kOk = 200;

// The client's mistake: answered with 400 and this text.
class BadRequest : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void AllowAnyOrigin(httplib::Server& server, const std::string& pattern,
                    const std::string& methods);
void Reply(httplib::Response& response, int status, const nlohmann::json& body);
void ReplyError(httplib::Response& response, int status, const std::string& message);
// An exception of `handle` becomes the answer: 400 for BadRequest, 500 for a note that can't be
// kept.
void Handle(httplib::Response& response, const std::function<void()>& handle);
// The same, after the body was read as JSON.
void HandleJson(const httplib::Request& request, httplib::Response& response,
                const std::function<void(const nlohmann::json& body)>& handle);

}  // namespace pidfall::servers
