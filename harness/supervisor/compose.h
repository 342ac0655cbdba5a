// A service of a compose file, under Docker's restart policy.
//
//   auto policy = ReadComposeService("compose.yaml", "web");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/compose_variables.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

// With no service named, the only one of the file. Its variables are our environment's and those of
// `.env` beside it; in a text by itself, what `lookup` has.
std::unique_ptr<Policy> ReadComposeService(const std::string& file, const std::string& service);
std::unique_ptr<Policy> ParseComposeService(const std::string& name, const std::string& text,
                                            const std::string& service,
                                            const VariableLookup& lookup = NoVariable);
std::vector<std::string> ComposeServices(const std::string& name, const std::string& text);

}  // namespace pidfall
