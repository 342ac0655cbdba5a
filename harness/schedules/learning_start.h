// A real start that a model learns from: the decision tree grows by what it does.
//
//   LearningStart start(stage, safeguard, plan, LaunchTraced(stage, plan), tree, drift);
//   ...                       // as a TracedStart
//   drift                     // not empty: it did something else than before
#pragma once

#include <map>
#include <set>
#include <string>

#include "harness/schedules/decision_tree.h"
#include "harness/schedules/process_descriptors.h"
#include "harness/tracer/traced_start.h"

namespace pidfall {

class LearningStart : public Contender {
 public:
  // `drift`: gets the first difference from an earlier start with the same history.
  LearningStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan, HeldStart held,
                DecisionTree& tree, std::string& drift);

  ContenderEvent Next(Duration bound) override;
  void Terminate() override;
  void Kill() override { start_.Kill(); }
  pid_t pid() const override { return start_.pid(); }
  std::vector<pid_t> Processes() const override { return start_.Processes(); }
  const std::optional<Ending>& ending() const override { return start_.ending(); }
  bool RunsAgain() const override { return start_.RunsAgain(); }
  bool Serves() const override { return start_.Serves(); }
  bool LooksBeyond() const override { return start_.LooksBeyond(); }
  const std::string& Output() override { return start_.Output(); }

 private:
  void See(const ProcessTree::Stop& stop);
  void SeeEntry(const ProcessTree::Stop& stop);
  void SeeReturn(const ProcessTree::Stop& stop);
  void SeeEnd(const ProcessTree::Stop& stop);
  void LearnCall(const NamedCall& call);
  void LearnResult();
  void Learn(const Step& step);
  void Follow(const std::string& result, int64_t shown);
  void LearnOwn(const WholeCall& whole, const std::string& result, int64_t shown);
  void LearnClosed(const std::vector<int>& files);
  void NoteDescriptor(const WholeCall& whole, const ProcessTree::Stop& stop);
  void NoteLock(const WholeCall& whole, pid_t process);
  void GiveUp(const std::string& why);

  DecisionTree& tree_;
  std::string& drift_;
  DecisionTree::Place place_ = DecisionTree::kRoot;
  bool only_real_ = false;  // from here on nothing is learnt
  bool slept_ = false;
  bool rested_ = false;
  ProcessDescriptors descriptors_;
  pid_t locker_ = 0;               // the process that has taken a lock of its own
  std::set<pid_t> has_own_umask_;  // processes that called umask while others lived
  SeenFiles seen_;
  ProcessTree::Stop last_;
  std::optional<WholeCall> call_;               // the held call, or the one that blocks
  std::map<pid_t, ProcessTree::Stop> private_;  // calls between those, by their threads
  TracedStart start_;
};

}  // namespace pidfall
