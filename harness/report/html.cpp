#include "harness/report/html.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/report/causes.h"
#include "harness/report/findings.h"
#include "harness/report/page/page.h"
#include "harness/report/times_json.h"

namespace pidfall {
namespace {

using Json = nlohmann::ordered_json;

// The page of a server that prints a megabyte in every scenario must stay small enough for a
// browser.
constexpr std::size_t kLongestText = 2000;

void Shorten(Json* json) {
  if (json->is_structured()) {
    for (Json& part : *json) Shorten(&part);
  } else if (json->is_string() && json->get_ref<const std::string&>().size() > kLongestText) {
    auto& text = json->get_ref<std::string&>();
    const std::size_t left_out = text.size() - kLongestText;
    text = text.substr(0, kLongestText) + " ... (" + std::to_string(left_out) + " more bytes)";
  }
}

Json CausesJson(const std::vector<Result>& results) {
  const auto index = [&](const Result* result) { return result - results.data(); };
  Json json = Json::array();
  for (const Cause& cause : ByCause(Findings(results, false))) {
    Json others = Json::array();
    for (const Result* other : cause.others) others.push_back(index(other));
    json.push_back(
        {{"nearest", index(cause.nearest)}, {"others", others}, {"no_guard", cause.is_no_guard}});
  }
  return json;
}

Json NotesJson(const std::map<std::string, PageNote>& notes) {
  Json json = Json::object();
  for (const auto& [scenario, note] : notes) {
    json[scenario] = {{"story", note.story}, {"harm", note.harm}, {"cure", note.cure}};
  }
  return json;
}

// Only "<" can end a script element; the other characters are escaped for other readers of the
// text.
std::string WithoutMarkup(const std::string& json) {
  std::string out;
  for (const char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string HtmlText(const JsonHead& head, const std::vector<Result>& results,
                     const std::vector<SimulatedFacts>& facts,
                     const std::map<std::string, PageNote>& notes) {
  Json json = Json::parse(JsonText(head, results, facts));
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].surprise) json["results"][i]["surprise"] = true;
  }
  for (std::size_t i = 0; i < facts.size(); ++i) {
    json["results"][i]["simulation"] = TimesJson(facts[i].times);
    json["results"][i].erase("exits");
  }
  json["page"] = {{"causes", CausesJson(results)}, {"scenarios", NotesJson(notes)}};
  Shorten(&json);
  const std::string data = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  return std::string(PageBefore()) + WithoutMarkup(data) + std::string(PageAfter());
}

}  // namespace pidfall
