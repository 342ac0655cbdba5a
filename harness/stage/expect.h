// The judgement: the requirements of a story on a target, in the words of guard/CONTRACT.md.
//
//   ExpectServes(stage, stage.Start(), "C3", "the file named no process");
//   Require(!serves, "C1", "both serve");
//
// A broken promise throws a Breach, which ends the story. A weakness is noted, and the story goes
// on.
#pragma once

#include <map>
#include <string>

#include "harness/observe/file_state.h"
#include "harness/observe/settling.h"
#include "harness/stage/stage.h"

namespace pidfall {

inline constexpr Duration kDuplicateBound = std::chrono::seconds(2);  // C2
// `bound`, plus the time that the target's own start-up takes.
Duration BoundOfStart(const Stage& stage, Duration bound);

inline constexpr Duration kStopBound = std::chrono::seconds(2);  // C12

// Throws Breach unless `kept`.
void Require(bool kept, const std::string& clause, const std::string& otherwise,
             BreachKinds kinds = breach_kind::kNone);
// Notes a weakness unless `kept`.
void Prefer(Stage& stage, bool kept, const std::string& clause, const std::string& otherwise);

void ExpectServes(Stage& stage, Instance& instance, const std::string& clause,
                  const std::string& although);
// The owner's end is a breach only where a start that is alone lives longer. Else the target ends
// by itself, and this throws NotApplicable. ExpectNotServing does the same.
void ExpectOneOwner(Stage& stage, const Instance& owner);

// `contender` was started while `owner` served, and must not serve. Two owners are claimed only
// where both live at this instant; else the message says how the owner ended. `although` is added
// to the sentence, from its comma on. Returns its outcome: kServes where it served for a moment.
Outcome ExpectNotServing(Stage& stage, Instance& contender, const Instance& owner,
                         const std::string& clause, const std::string& although = "");
// It was started while the owner served: it may serve nowhere, whatever status it ends with.
void ExpectKeptOut(Stage& stage, Instance& contender, const Instance& owner,
                   const std::string& although = "");

// C2: refused with the declared status or standing by; the owner as before.
void ExpectQuiet(Stage& stage, Instance& contender, const Instance& owner);
// The declared status of a duplicate; where none is declared, that of the first duplicate.
bool IsDuplicateStatus(Stage& stage, const Ending& ending);

// C8: with neither a success, the duplicate's status nor a signal from outside; a crash is a
// weakness. `how` it ended is told.
void ExpectEndsAsFailure(Stage& stage, const Ending& ending, const std::string& clause,
                         const std::string& how);

// C8: ended by itself, with neither success nor the duplicate's status, naming `names` and the
// error number `cause` in words (0: any cause).
void ExpectFailure(Stage& stage, Instance& instance, const std::string& clause,
                   const std::string& names, int cause);

// A change that the owner is seen to make by itself, a heartbeat for example, is not blamed on
// others.
void ExpectUnchanged(Stage& stage, const std::string& path, const FileState& before,
                     const std::string& clause, const std::string& after_what);
// No file of the safeguard is changed or new; `before` is from StatesOfFiles.
void ExpectFilesUnchanged(Stage& stage, const std::map<std::string, FileState>& before,
                          const std::string& clause, const std::string& after_what);
// The pid file names one of the owner's processes, now or soon.
void ExpectFileNames(Stage& stage, const Instance& owner, const std::string& clause);

// The bystander got no signal.
void ExpectUntouched(const Bystander& bystander, const std::string& clause = "C5");

}  // namespace pidfall
