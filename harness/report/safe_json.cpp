#include "harness/report/safe_json.h"

#include <nlohmann/json.hpp>

#include "harness/input/secrets.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

using Json = nlohmann::ordered_json;

void HideSecrets(Json* json) {
  if (json->is_structured()) {
    for (Json& part : *json) HideSecrets(&part);
  } else if (json->is_string()) {
    auto& text = json->get_ref<std::string&>();
    text = WithoutSecrets(std::move(text));
  }
}

}  // namespace

std::string SafeJson(Json json) {
  HideSecrets(&json);
  constexpr int kIndent = 2;
  return JsonWithoutControls(json.dump(kIndent, ' ', false, Json::error_handler_t::replace)) + '\n';
}

}  // namespace pidfall
