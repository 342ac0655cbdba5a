// monit's control file as statements: its words, from one keyword that begins a statement to the
// next.
//
//   for (const MonitStatement& statement : ReadMonitStatements("monitrc", text)) ...
//   // {"check", "process", "web", "with", "pidfile", "/run/web.pid"}, line 7
//
// https://mmonit.com/monit/documentation/monit.html (The Monit control file); what the manual
// leaves open is as version 5.33 takes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

struct MonitWord {
  std::string text;
  bool is_quoted = false;
  int line = 0;

  // A keyword in capitals is the same one; a quoted word is none.
  bool Is(std::string_view keyword) const;
};

using MonitStatement = std::vector<MonitWord>;  // never empty

// Throws BadInput.
std::vector<MonitStatement> ReadMonitStatements(const std::string& file, std::string_view text);

}  // namespace pidfall
