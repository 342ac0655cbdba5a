// What to say about a command line that was not understood: what was meant, where that can be told.
//
//   catch (const CLI::ParseError& error) {
//     return Complain(UsageErrorText(app, error, "pidfall"), kBadUsage);
//   }
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace pidfall {

// `program` is how the user called us, for a command that can be pasted.
std::string UsageErrorText(const CLI::App& app, const CLI::ParseError& error,
                           const std::string& program);

}  // namespace pidfall
