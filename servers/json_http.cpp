#include "servers/json_http.h"

#include <httplib.h>

#include <nlohmann/json.hpp>

namespace pidfall::servers {
namespace {

constexpr int kBadRequest = 400;
constexpr int kServerError = 500;
// Writing JSON recurses: a megabyte of brackets would end the stack.
constexpr int kDeepest = 64;

nlohmann::json Parse(const std::string& body) {
  const auto check = [](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
    if (depth > kDeepest) throw BadRequest("the body is nested too deeply");
    return true;
  };
  try {
    return nlohmann::json::parse(body, check);
  } catch (const nlohmann::json::exception&) {
    throw BadRequest("the body is not JSON");
  }
}

}  // namespace

void AllowAnyOrigin(httplib::Server& server, const std::string& pattern,
                    const std::string& methods) {
  server.Options(pattern, [methods](const httplib::Request&, httplib::Response& response) {
    response.set_header("Access-Control-Allow-Origin", "*");
    response.set_header("Access-Control-Allow-Methods", methods);
    response.set_header("Access-Control-Allow-Headers", "Content-Type");
    response.status = kOk;
  });
}

void Reply(httplib::Response& response, int status, const nlohmann::json& body) {
  response.status = status;
  response.set_header("Access-Control-Allow-Origin", "*");
  response.set_content(body.dump() + "\n", "application/json");
}

void ReplyError(httplib::Response& response, int status, const std::string& message) {
  Reply(response, status, {{"error", message}});
}

void Handle(httplib::Response& response, const std::function<void()>& handle) {
  try {
    handle();
  } catch (const BadRequest& error) {
    ReplyError(response, kBadRequest, error.what());
  } catch (const std::exception& error) {
    ReplyError(response, kServerError, error.what());
  }
}

void HandleJson(const httplib::Request& request, httplib::Response& response,
                const std::function<void(const nlohmann::json& body)>& handle) {
  Handle(response, [&] { handle(Parse(request.body)); });
}

}  // namespace pidfall::servers
