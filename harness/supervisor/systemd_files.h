// The text of a unit with its drop-ins, and the assignments in it.
//
//   for (const NamedText& file : ReadUnitFiles("/etc/systemd/system/my.service"))
//     for (const UnitAssignment& assignment : ParseAssignments(file)) ...
#pragma once

#include <string>
#include <vector>

namespace pidfall {

struct NamedText {
  std::string name;  // what errors call it
  std::string text;
};

struct UnitAssignment {
  std::string section, key, value;
  std::string file;
  int line = 0;
};

// systemd.syntax(7), read strictly: what systemd skips with a line in its log is an error here.
// Throws BadInput.
std::vector<UnitAssignment> ParseAssignments(const NamedText& file);

// The unit, then its drop-ins by name: of one name, the one in /etc hides that in /run and /usr. Of
// web@a.service it may be the template web@.service, with `a` for its %i and %I.
std::vector<NamedText> ReadUnitFiles(const std::string& unit);

// Without an ExecStart, and yet no error to systemd: a SuccessAction is enough, and so is
// an ExecStop with RemainAfterExit.
bool UnitRunsNothing(const std::vector<NamedText>& files);

}  // namespace pidfall
