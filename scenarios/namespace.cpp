// Containers: several pid namespaces and host names around one folder. A pid of one namespace means
// nothing, or another process, in another namespace.
#include <string>

#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// A container ends with its first process, even if a daemon served in it.
void NeedForeground(Stage& stage, Instance& started) {
  Settle(stage, started);
  if (started.ending() != Ending{}) return;
  throw NotApplicable("it goes to the background, and a container ends with its first process");
}

// As pid 1 of a container with the same volume and a port of its own.
Instance& StartContained(Stage& stage) {
  StartOptions options = Elsewhere(stage);
  options.contained = true;
  Instance& started = stage.Start(options);
  stage.Did("make " + started.name() + " pid 1 of a container");
  return started;
}

Instance& ContainedOwner(Stage& stage) {
  Instance& owner = StartContained(stage);
  NeedForeground(stage, owner);
  ExpectServes(stage, owner, "C3", "no other copy has been started");
  return owner;
}

void TwoContainers(Stage& stage) {
  Instance& owner = ContainedOwner(stage);
  ExpectQuiet(stage, StartContained(stage), owner);
}

constexpr Scenario kTwoContainers{
    "namespace/two-containers",
    "C1",
    "Two containers on one volume, each server is pid 1 there: the second is refused.",
    "Each takes the pid 1 in the file for its own, and both use the same data.",
    TwoContainers,
    part::kPidOnDisk,
    need::kNamespaces};

void ContenderInside(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& contender = StartContained(stage);
  const bool has_launcher = owner.ended();
  if (has_launcher) NeedForeground(stage, contender);
  ExpectQuiet(stage, contender, owner);
}

constexpr Scenario kContenderInside{
    "namespace/contender-inside",
    "C1",
    "The owner runs outside, the contender in a container that does not see it: refused.",
    "No process has the recorded pid there, so a second copy starts.",
    ContenderInside,
    part::kPidOnDisk,
    need::kNamespaces};

void ContenderOutside(Stage& stage) {
  Instance& owner = ContainedOwner(stage);
  ExpectQuiet(stage, stage.Start(Elsewhere(stage)), owner);
}

constexpr Scenario kContenderOutside{
    "namespace/contender-outside",
    "C1",
    "The owner is pid 1 of a container, the contender runs outside: refused.",
    "Outside, pid 1 is another process, so a second copy starts.",
    ContenderOutside,
    part::kPidOnDisk,
    need::kNamespaces};

void RestartSamePid(Stage& stage) {
  Instance& killed = ContainedOwner(stage);
  stage.KillTree(killed);
  ExpectServes(stage, StartContained(stage), "C3", "the container was killed and made again");
}

constexpr Scenario kRestartSamePid{
    "namespace/restart-same-pid",
    "C3 C4",
    "A container is killed and made again: its server, pid 1 again, serves.",
    "The file names its own number, and the container never comes up again "
    "(https://github.com/troglobit/inadyn/issues/334).",
    RestartSamePid,
    part::kPidOnDisk,
    need::kNamespaces};

StartOptions OnHost(Stage& stage, const std::string& name) {
  StartOptions options = Elsewhere(stage);
  options.host_name = name;
  stage.Did("name the host " + name);
  return options;
}

void OtherHostName(Stage& stage) {
  Instance& owner = stage.StartOwner(OnHost(stage, "first"));
  ExpectQuiet(stage, stage.Start(OnHost(stage, "second")), owner);
  stage.EndAll();
  ExpectServes(stage, stage.Start(OnHost(stage, "third")), "C3",
               "the owner was killed, under another host name");
}

constexpr Scenario kOtherHostName{
    "namespace/other-host-name",
    "C1 C3",
    "The host's name differs at each start: a contender is refused, and the start after a kill "
    "serves.",
    "A container gets a new name each time: the profile stays locked for ever, or is opened "
    "twice (https://github.com/guysoft/FullPageOS/issues/508).",
    OtherHostName,
    part::kPidOnDisk,
    need::kNamespaces};

constexpr Scenario kFamily[] = {kTwoContainers, kContenderInside, kContenderOutside,
                                kRestartSamePid, kOtherHostName};

}  // namespace

std::span<const Scenario> NamespaceFamily() { return kFamily; }

}  // namespace pidfall
