// The message on a command line that was not understood, with what was meant where that is known.
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
