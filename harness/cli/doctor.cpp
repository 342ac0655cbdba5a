#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/command.h"
#include "harness/cli/doctor_text.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/options.h"
#include "harness/cli/print.h"

namespace pidfall {
namespace {

int Diagnose(ColorMode color) {
  const Paint paint(WantsColor(color, stdout));
  Print(stdout, DoctorText(SandboxName(), ProbeFeatures(), paint));
  return kAsItShouldBe;
}

}  // namespace

void AddDoctorCommand(CLI::App* app, Invocation* invocation) {
  auto color = std::make_shared<ColorMode>(ColorMode::kAuto);
  CLI::App* doctor = app->add_subcommand(
      "doctor", "What this machine allows, what each missing feature costs, and its cure");
  DeclareBasics(doctor, color.get());
  doctor->callback([=] {
    RefuseCommand(invocation->command, "doctor");
    invocation->action = [=] { return Diagnose(*color); };
  });
}

}  // namespace pidfall
