// Small changes to a text that several readers make.
//
//   FirstLine("31\nport=310\n")                           // "31"
//   Lower("Restart")                                      // "restart"
//   ReplaceAll(command, "{programs}", ProgramFolder());   // in place
#pragma once

#include <string>
#include <string_view>

namespace pidfall {

// Without its line end.
std::string FirstLine(std::string_view text);

// Text that was put in is not searched again.
void ReplaceAll(std::string& text, std::string_view from, std::string_view to);

// "1 start", "2 starts".
std::string CountText(int count, std::string_view noun);

// ASCII letters only.
std::string Lower(std::string text);

}  // namespace pidfall
