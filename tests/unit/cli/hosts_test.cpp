// The actions that are about hosts themselves: doctor, import, distribute, vping.
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

TEST_CASE("vping takes targets, and says how long and how often") {
  using model::VpingForm;
  using std::chrono::milliseconds;
  const auto request = accepted(
      "ctys-vping -s -l root --ping-trials=2 --ping-timeout=3 --ssh-trials 4 --ssh-timeout 500ms --threads=7 "
      "--via gw1 lab01'(-d 2)' @lab");
  const auto& vping = request.vping;
  CHECK(request.action == Action::vping);
  CHECK(vping.words == Words{"lab01(-d 2)", "@lab"});
  CHECK(vping.ssh);
  CHECK(vping.login == "root");
  CHECK((vping.ping_trials == 2 && vping.ping_timeout == milliseconds(3000)));
  CHECK((vping.ssh_trials == 4 && vping.ssh_timeout == milliseconds(500)));
  CHECK(request.where.fanout == 7);
  CHECK(request.where.via.size() == 1);
  CHECK(accepted("ctys vping").vping.words.empty());
  CHECK(accepted("ctys vping -X a").vping.form == VpingForm::targets);
  CHECK(accepted("ctys vping -X -m a").vping.form == VpingForm::names);
  CHECK(accepted("ctys vping -Xt a").vping.form == VpingForm::addresses);
  CHECK(accepted("ctys vping -ir a").vping.form == VpingForm::expanded);
  CHECK_FALSE(accepted("ctys vping -n a").vping.checks);
  CHECK(
      accepted("ctys vping a --columns host,ping,ssh,db --filter ping:- --sort tcp").output.columns.size() ==
      4);
}

TEST_CASE("vping takes no option that would do nothing") {
  for (const auto* line :
       {"ctys vping -m a", "ctys vping -t a", "ctys vping -X -m -t a", "ctys vping -X -i -m a",
        "ctys vping -n -X a", "ctys vping -n -s a", "ctys vping -i -s a", "ctys vping --via gw1 a",
        "ctys vping --threads 3 a", "ctys vping --ssh-trials 2 a", "ctys vping -n --ping-trials 2 a",
        "ctys vping -X --json a", "ctys vping --ping-trials 0 a", "ctys vping --ping-trials 101 a",
        "ctys vping --ping-timeout 0 a", "ctys vping -s --ssh-timeout x a", "ctys vping -s -l a;b a",
        "ctys vping --deadline 3s a", "ctys vping --on a"}) {
    INFO(line);
    CHECK(refused(line).code == Exit::usage);
  }
}

TEST_CASE("groups are offered where hosts are expected") {
  cli::Surroundings here;
  here.groups = [] { return Words{"db", "prod"}; };
  for (const auto* action : {"doctor", "import", "distribute", "vping"}) {
    Words words;
    for (const auto& candidate : cli::find_candidates(Words{action, "p"}, here))
      words.push_back(candidate.word);
    CHECK(words == Words{"prod"});
  }
}
