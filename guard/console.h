// Messages to standard output that can never change what a guard decides.
//
//   Say("Task Manager already running (PID 12)");
//
// A closed, full or broken standard output is no reason to fail, or to succeed: a duplicate that
// could not print its message is still a duplicate.
#pragma once

#include <string>
#include <string_view>

namespace pidfall::guard {

// Writes the line and a newline; the errno of the failure, or 0. Raises no SIGPIPE.
int Say(std::string_view line);

// Whether the locale's character set, by name, can show more than ASCII.
bool LocaleIsUtf8();

// The locale's character set where its name states one: "en_US.ISO-8859-1" gives "ISO-8859-1".
std::string LocaleCodeset();

// The line for this locale: without the leading sign where only ASCII can be shown.
std::string ForLocale(std::string_view sign, std::string_view text);

}  // namespace pidfall::guard
