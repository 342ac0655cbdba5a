#include "servers/save_notes.h"

#include <httplib.h>

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "servers/json_http.h"

namespace pidfall::servers {

void AddSaveNotes(httplib::Server& server, Journal& journal) {
  AllowAnyOrigin(server, "/save-notes", "POST, OPTIONS");
  const auto one_at_a_time = std::make_shared<std::mutex>();
  server.Post("/save-notes", [&journal, one_at_a_time](const httplib::Request& request,
                                                       httplib::Response& response) {
    HandleJson(request, response, [&](const nlohmann::json& notes) {
      const std::scoped_lock lock(*one_at_a_time);
      journal.Append(notes.dump());
      Reply(response, kOk, {{"saved", true}});
    });
  });
}

}  // namespace pidfall::servers
