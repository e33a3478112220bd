// What is done in the background, and the words of `ctys jobs`.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.hpp"
#include "line.hpp"

using namespace ctys;
using model::Action;
using model::JobsVerb;
using tests::accepted;
using tests::refused;

TEST_CASE("every action on machines and hosts is done in the background where that is asked for") {
  for (const auto* line :
       {"ctys list --background", "ctys --background list", "ctys start web01 --background",
        "ctys stop web01 --background --json", "ctys doctor lab01 --background", "ctys vdbgen --background",
        "ctys distribute lab01 --background", "ctys attribute set web01 OS=x --background",
        "ctys create web01 --console xterm --background", "ctys -b async -a list", "ctys -b 1,seq -a list",
        "ctys -b par,ON -a create=l:web01", "ctys -b sync -b async -a list", "ctys vdbgen -b async,par",
        "ctys -b async -a create=l:web01,console:none"}) {
    INFO(line);
    CHECK(accepted(line).background);
  }
  for (const auto* line : {"ctys list", "ctys -b par -a list", "ctys -b async -b sync -a list"}) {
    INFO(line);
    CHECK_FALSE(accepted(line).background);
  }
  CHECK(refused("ctys groups --background").summary == "unknown option '--background' of groups");
  CHECK(refused("ctys import --background").summary == "unknown option '--background' of import");
  CHECK(refused("ctys -b soon -a list").code == Exit::usage);
}

TEST_CASE("one host after the other is asked where that is wanted") {
  for (const auto* line :
       {"ctys -b seq -a list lab01 lab02", "ctys -b async,sequential -a list", "ctys vdbgen -b sync,seq",
        "ctys -b par -b 2 -a cancel=l:web01", "ctys list --on \"lab01'(-b seq)'\""}) {
    INFO(line);
    CHECK(accepted(line).in_turn);
  }
  for (const auto* line :
       {"ctys list", "ctys -b par -a list", "ctys -b seq -b par -a list", "ctys -b sync -a list"}) {
    INFO(line);
    CHECK_FALSE(accepted(line).in_turn);
  }
  CHECK(refused("ctys list --on \"lab01'(-b seq)'\" --via gw1 --chain").summary ==
        "'--chain' and '-b seq' exclude each other");
}

TEST_CASE("what needs the terminal is not done in the background") {
  for (const auto* line :
       {"ctys open web01 --console cli --background", "ctys open web01 --background --console cli",
        "ctys -b async -a create=l:web01,console:cli", "ctys -a create=l:web01,console:cli -b async lab01"}) {
    INFO(line);
    CHECK(refused(line).summary == "a console in this terminal cannot be opened in the background");
  }
}

TEST_CASE("jobs are listed, shown, waited for, cancelled and removed by number") {
  const auto jobs = [](std::string_view line) { return accepted(line).jobs; };
  CHECK(accepted("ctys jobs").action == Action::jobs);
  CHECK(jobs("ctys jobs").verb == JobsVerb::list);
  CHECK(jobs("ctys jobs list").verb == JobsVerb::list);
  CHECK(jobs("ctys jobs show 7").verb == JobsVerb::show);
  CHECK(jobs("ctys jobs wait 1 2 1 --deadline 5s").ids == std::vector<unsigned>{1, 2});
  CHECK(jobs("ctys jobs cancel 999999999").ids == std::vector<unsigned>{999'999'999});
  CHECK(jobs("ctys jobs remove --done").done);
  CHECK(accepted("ctys jobs --filter state:running --sort job --columns job,command --json")
            .output.columns.size() == 2);
}

TEST_CASE("what is no job, and options without effect, are refused") {
  for (const auto* line : {"ctys jobs show",
                           "ctys jobs show 1 2",
                           "ctys jobs show x",
                           "ctys jobs show 0",
                           "ctys jobs show -1",
                           "ctys jobs show 1000000000",
                           "ctys jobs show 1 --json",
                           "ctys jobs show 1 --columns job",
                           "ctys jobs show 1 --deadline 1s",
                           "ctys jobs --deadline 1s",
                           "ctys jobs --done",
                           "ctys jobs list 1",
                           "ctys jobs remove",
                           "ctys jobs remove --done 1",
                           "ctys jobs 1",
                           "ctys jobs explode 1",
                           "ctys jobs wait ../1",
                           "ctys jobs wait",
                           "ctys jobs --columns host_name",
                           "ctys jobs --on lab01"}) {
    INFO(line);
    CHECK(refused(line).code == Exit::usage);
  }
  CHECK(refused("ctys jobs wiat 1").fix == "did you mean 'wait'?");
}

TEST_CASE("the numbers of jobs are completed where something can be done with them") {
  cli::Surroundings here;
  here.jobs = [] {
    return std::vector<cli::Surroundings::Job>{{"1", "done: ctys list", true},
                                               {"12", "running: ctys list", false}};
  };
  const auto found = [&](std::vector<std::string> words) {
    std::vector<std::string> names;
    for (auto& candidate : cli::find_candidates(words, here)) names.push_back(std::move(candidate.word));
    return names;
  };
  using Words = std::vector<std::string>;
  CHECK(found({"jobs", ""}) == Words{"list", "show", "wait", "cancel", "remove"});
  CHECK(found({"jobs", "show", ""}) == Words{"1", "12"});
  CHECK(found({"jobs", "show", "1", ""}).empty());
  CHECK(found({"jobs", "wait", ""}) == Words{"12"});
  CHECK(found({"jobs", "cancel", "1"}) == Words{"12"});
  CHECK(found({"jobs", "remove", ""}) == Words{"1"});
  CHECK(found({"jobs", "remove", "--do"}) == Words{"--done"});
  CHECK(found({"jobs", "list", "--filter", "state:l"}) == Words{"state:lost"});
}
