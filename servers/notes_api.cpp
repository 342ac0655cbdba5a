#include "servers/notes_api.h"

#include <httplib.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

#include "servers/json_http.h"

namespace pidfall::servers {
namespace {

constexpr int kCreated = 201;
constexpr int kNotFound = 404;

// Bounded: std::regex recurses once per character, so an unbounded repeat could overflow the stack.
// 18 digits always fit.
constexpr const char* kOneNote = R"(/notes/(\d{1,18}))";

nlohmann::json ToJson(const Note& note) { return {{"id", note.id}, {"text", note.text}}; }

std::int64_t IdOf(const httplib::Request& request) {
  const std::string digits = request.matches[1].str();
  std::int64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id);
  return id;
}

std::string TextOf(const nlohmann::json& body) {
  if (!body.is_object() || !body.contains("text") || !body["text"].is_string()) {
    throw BadRequest(R"(a note is an object with a text: {"text": "milk"})");
  }
  return body["text"].get<std::string>();
}

void List(const NoteStore& store, httplib::Response& response) {
  auto notes = nlohmann::json::array();
  for (const Note& note : store.List()) notes.push_back(ToJson(note));
  Reply(response, kOk, notes);
}

void Change(NoteStore& store, const httplib::Request& request, httplib::Response& response) {
  HandleJson(request, response, [&](const nlohmann::json& body) {
    const Note note{IdOf(request), TextOf(body)};
    if (!store.Change(note.id, note.text)) return ReplyError(response, kNotFound, "no such note");
    Reply(response, kOk, ToJson(note));
  });
}

void Delete(NoteStore& store, const httplib::Request& request, httplib::Response& response) {
  Handle(response, [&] {
    const std::int64_t id = IdOf(request);
    if (!store.Delete(id)) return ReplyError(response, kNotFound, "no such note");
    Reply(response, kOk, {{"deleted", id}});
  });
}

}  // namespace

void AddNotesApi(httplib::Server& server, NoteStore& store) {
  using httplib::Request;
  using httplib::Response;
  AllowAnyOrigin(server, R"(/notes(/\d{1,18})?)", "GET, POST, PUT, DELETE, OPTIONS");
  server.Get("/notes", [&](const Request&, Response& response) { List(store, response); });
  server.Post("/notes", [&](const Request& request, Response& response) {
    HandleJson(request, response, [&](const nlohmann::json& body) {
      Reply(response, kCreated, ToJson(store.Add(TextOf(body))));
    });
  });
  server.Put(kOneNote,
             [&](const Request& request, Response& response) { Change(store, request, response); });
  server.Delete(kOneNote, [&](const Request& request, Response& response) {
    Delete(store, request, response);
  });
}

}  // namespace pidfall::servers
