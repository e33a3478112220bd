// The actions that are about hosts themselves: doctor, import, distribute.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.hpp"
#include "line.hpp"

using namespace ctys;
using model::Action;
using tests::accepted;
using tests::refused;

namespace {

using Words = std::vector<std::string>;

Words names(const model::Request& request) {
  Words names;
  for (const auto& target : request.where.targets) names.push_back(target.name);
  return names;
}

}  // namespace

TEST_CASE("doctor takes hosts as words, and the options of the way to them") {
  const auto request =
      accepted("ctys doctor lab01 root@lab02:2222 --via gw1 --no-copy --fanout 3 -t TEST --deadline 5s");
  CHECK(request.action == Action::doctor);
  CHECK(names(request) == Words{"lab01", "lab02:2222"});
  CHECK(request.where.via.size() == 1);
  CHECK_FALSE(request.where.may_copy);
  CHECK(request.types == Words{"TEST"});
  CHECK(names(accepted("ctys doctor --on lab01 lab02")) == Words{"lab01", "lab02"});
  CHECK(accepted("ctys doctor").where.targets.empty());
  CHECK(
      accepted("ctys doctor --columns step,result --filter result:fail --sort step").output.columns.size() ==
      2);
  CHECK(refused("ctys doctor --via gw1").code == Exit::usage);
  CHECK(refused("ctys doctor lab01;reboot").code == Exit::usage);
  CHECK(refused("ctys doctor --yes lab01").summary == "unknown option '--yes' of doctor");
}

TEST_CASE("import takes hosts as words, and no options of a way") {
  const auto request = accepted("ctys import lab01 root@lab02 --yes");
  CHECK(request.action == Action::import);
  CHECK(request.import.yes);
  CHECK(names(request) == Words{"lab01", "lab02"});
  CHECK(accepted("ctys import -n").plan);
  CHECK(accepted("ctys import --json").output.format == model::Format::json);
  CHECK(refused("ctys import --yes --plan").summary == "'--yes' and '--plan' exclude each other");
  CHECK(refused("ctys import --on lab01").summary == "unknown option '--on' of import");
  CHECK(refused("ctys import lab01'(-d 2)' lab02").summary ==
        "import takes hosts without options of their own");
}

TEST_CASE("distribute needs hosts, and does one thing with copies") {
  using model::CopyVerb;
  const auto request = accepted("ctys distribute lab01 lab02 --via gw1 --fanout 8");
  CHECK(request.action == Action::distribute);
  CHECK(request.distribute.verb == CopyVerb::put);
  CHECK(names(request) == Words{"lab01", "lab02"});
  CHECK(accepted("ctys distribute lab01 --list").distribute.verb == CopyVerb::list);
  CHECK(accepted("ctys-distribute -l lab01").distribute.verb == CopyVerb::list);
  CHECK(accepted("ctys distribute --on lab01 --remove").distribute.verb == CopyVerb::remove);
  CHECK(refused("ctys distribute").summary == "distribute has no host");
  CHECK(refused("ctys distribute lab01 --list --remove").summary ==
        "'--list' and '--remove' exclude each other");
  CHECK(refused("ctys distribute lab01 --no-copy").summary == "unknown option '--no-copy' of distribute");
  CHECK(refused("ctys-distribute -F 2 -P UHC userA@hostB").code == Exit::usage);
}

TEST_CASE("groups are offered where hosts are expected") {
  cli::Surroundings here;
  here.groups = [] { return Words{"db", "prod"}; };
  for (const auto* action : {"doctor", "import", "distribute"}) {
    Words words;
    for (const auto& candidate : cli::find_candidates(Words{action, "p"}, here))
      words.push_back(candidate.word);
    CHECK(words == Words{"prod"});
  }
}
